import { systemAuthor } from '../../access/author.ts'
import { record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import { clearAdminless, holdAdmins } from '../../orgs/admins.ts'
import { type Db, transaction } from '../../store/database.ts'
import { holdPetition, isLiving, type Outcome, recordStep, settle, tell } from './petition-progress.ts'
import { noteLook } from './petition-steps.ts'
import * as store from './petition-store.ts'
import { type Look, lookUp, type Prover } from './recovery-proof.ts'
import { findAdminless } from './recovery-store.ts'

/**
 * Moves every petition as far as its time has come, each in a transaction of its own: what was done is done once,
 * however many do this at the same moment, and whatever is cut off is done the next time. Before, notes which
 * organizations have an admin again.
 */
export async function advanceRecoveries(db: Db, prover: Prover): Promise<void> {
  for (const org of await findAdminless(db)) await noteReturn(db, org)
  for (const id of await store.findLivingPetitions(db)) {
    try {
      await advance(db, prover, id)
    } catch (error) {
      // One that cannot be moved on holds up no other
      log.error({ err: error, petition: id }, 'a petition could not be moved on; it is tried again')
    }
  }
}

// An admin who verified an address, or turned two-factor sign-in on, counts again without anybody's doing.
async function noteReturn(db: Db, org: { id: string; name: string }): Promise<void> {
  await transaction(db, async (tx) => {
    await holdAdmins(tx, org.id)
    if (!(await clearAdminless(tx, org.id))) return
    const message = 'noted that the organization has an admin who can sign in again'
    await record(tx, systemAuthor, { type: 'org.admin_restored', message, data: {}, scope: org.id })
  })
}

async function advance(db: Db, prover: Prover, id: string): Promise<void> {
  try {
    const look = await lookIfDue(db, prover, id)
    await step(db, id, look)
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    await giveUp(db, id, error.message)
  }
}

// The DNS is asked before anything is locked, so that a slow answer holds up nobody.
async function lookIfDue(db: Db, prover: Prover, id: string): Promise<Look | undefined> {
  const petition = await store.findPetition(db, id)
  if (petition?.path !== 'domain' || !isLiving(petition)) return undefined
  const isDue = petition.effective_at === null || petition.effective_at <= now()
  return isDue ? lookUp(prover, petition) : undefined
}

async function step(db: Db, id: string, look: Look | undefined): Promise<void> {
  await transaction(db, async (tx) => {
    const held = await holdPetition(tx, id)
    if (held === undefined || !isLiving(held)) return
    // Proof that nobody could look up is no proof at the moment when it counts
    const isDue = held.effective_at !== null && held.effective_at <= now()
    if (isDue && held.path === 'domain' && look?.isAnswered !== true) return
    const row = look === undefined ? held : await noteLook(tx, held, look)
    const outcome = await settle(tx, row)
    const type = eventType(held, row, outcome)
    if (type !== undefined)
      await recordStep(tx, systemAuthor, row, { step: { type, message: messageOf(row, outcome) }, outcome })
  })
}

function eventType(before: store.PetitionRow, after: store.PetitionRow, { what }: Outcome): string | undefined {
  const types = {
    unchanged: before.proof_found === after.proof_found ? undefined : 'org.recovery.check',
    begun: 'org.recovery.start',
    halfway: 'org.recovery.halfway',
    halted: 'org.recovery.halt',
    done: 'org.recovery.complete',
    ended: 'org.recovery.end',
  }
  return types[what]
}

function messageOf(row: store.PetitionRow, outcome: Outcome): string {
  const petition = `the petition to make ${row.person_name} admin`
  switch (outcome.what) {
    case 'unchanged':
      return `looked the DNS record of ${row.domain} up: ${row.proof_found ? 'it is there' : 'it is not there'}`
    case 'begun':
      return `found everything there for ${petition}`
    case 'halfway':
      return `told everybody about ${petition} at half of its time`
    case 'halted':
      return `stopped the time of ${petition}: missing are ${outcome.missing.join('; ')}`
    case 'done':
      return `carried out ${petition}`
    case 'ended':
      return `ended ${petition}: ${outcome.note}`
  }
}

async function giveUp(db: Db, id: string, note: string): Promise<void> {
  await transaction(db, async (tx) => {
    const row = await holdPetition(tx, id)
    if (row === undefined || !isLiving(row)) return
    await store.endPetition(tx, id, { state: 'withdrawn', by: 'system', note, at: now() })
    await tell(tx, row, { at: 'end', how: note })
    const outcome = { what: 'ended', state: 'withdrawn', note } as const
    await recordStep(tx, systemAuthor, row, {
      step: { type: 'org.recovery.end', message: messageOf(row, outcome) },
      outcome,
    })
  })
}
