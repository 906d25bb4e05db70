import { systemAuthor } from '../../access/author.ts'
import { record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import { clearAdminless, lockAdmins } from '../../orgs/admins.ts'
import { type Db, transaction } from '../../store/database.ts'
import { type Look, lookUp, type Prover } from './recovery-proof.ts'
import { findAdminless } from './recovery-store.ts'
import { isLiving, lockRecoveryRequest, type Outcome, recordStep, settle, tell } from './request-progress.ts'
import { noteLook } from './request-steps.ts'
import * as store from './request-store.ts'

/**
 * Moves every recovery request as far as its time has come, each in a transaction of its own: what was done is done once,
 * however many do this at the same moment, and whatever is cut off is done the next time. Before, notes which
 * organizations have an admin again.
 */
export async function advanceRecoveries(db: Db, prover: Prover): Promise<void> {
  for (const org of await findAdminless(db)) await noteReturn(db, org)
  for (const id of await store.findLivingRecoveryRequests(db)) {
    try {
      await advance(db, prover, id)
    } catch (error) {
      // One that cannot be moved on holds up no other
      log.error({ err: error, recoveryRequest: id }, 'could not advance a recovery request, will retry')
    }
  }
}

// An admin who verified an address or turned on 2FA counts again without anyone's help.
async function noteReturn(db: Db, org: { id: string; name: string }): Promise<void> {
  await transaction(db, async (tx) => {
    await lockAdmins(tx, org.id)
    if (!(await clearAdminless(tx, org.id))) return
    const message = 'noted that the organization has an active admin again'
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

// The DNS is asked before anything is locked, so that a slow answer holds up no one.
async function lookIfDue(db: Db, prover: Prover, id: string): Promise<Look | undefined> {
  const recoveryRequest = await store.findRecoveryRequest(db, id)
  if (recoveryRequest?.path !== 'domain' || !isLiving(recoveryRequest)) return undefined
  const isDue = recoveryRequest.effective_at === null || recoveryRequest.effective_at <= now()
  return isDue ? lookUp(prover, recoveryRequest) : undefined
}

async function step(db: Db, id: string, look: Look | undefined): Promise<void> {
  await transaction(db, async (tx) => {
    const held = await lockRecoveryRequest(tx, id)
    if (held === undefined || !isLiving(held)) return
    // Proof that no one could look up is no proof at the moment when it counts
    const isDue = held.effective_at !== null && held.effective_at <= now()
    if (isDue && held.path === 'domain' && look?.isAnswered !== true) return
    const row = look === undefined ? held : await noteLook(tx, held, look)
    const outcome = await settle(tx, row)
    const type = eventType(held, row, outcome)
    if (type !== undefined)
      await recordStep(tx, systemAuthor, row, { step: { type, message: messageOf(row, outcome) }, outcome })
  })
}

function eventType(
  before: store.RecoveryRequestRow,
  after: store.RecoveryRequestRow,
  { what }: Outcome,
): string | undefined {
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

function messageOf(row: store.RecoveryRequestRow, outcome: Outcome): string {
  const recoveryRequest = `the recovery request to make ${row.person_name} an admin`
  switch (outcome.what) {
    case 'unchanged':
      return `checked the DNS record of ${row.domain}: ${row.proof_found ? 'found' : 'not found'}`
    case 'begun':
      return `started the waiting period of ${recoveryRequest}`
    case 'halfway':
      return `sent a reminder about ${recoveryRequest} halfway through the waiting period`
    case 'halted':
      return `stopped the waiting period of ${recoveryRequest}. Missing: ${outcome.missing.join(', ')}`
    case 'done':
      return `completed ${recoveryRequest}`
    case 'ended':
      return `ended ${recoveryRequest}: ${outcome.note}`
  }
}

async function giveUp(db: Db, id: string, note: string): Promise<void> {
  await transaction(db, async (tx) => {
    const row = await lockRecoveryRequest(tx, id)
    if (row === undefined || !isLiving(row)) return
    await store.endRecoveryRequest(tx, id, { state: 'withdrawn', by: 'system', note, at: now() })
    await tell(tx, row, { at: 'end', how: note })
    const outcome = { what: 'ended', state: 'withdrawn', note } as const
    await recordStep(tx, systemAuthor, row, {
      step: { type: 'org.recovery.end', message: messageOf(row, outcome) },
      outcome,
    })
  })
}
