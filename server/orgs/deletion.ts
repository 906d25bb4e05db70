import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { systemAuthor } from '../access/author.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { instanceScope, record } from '../audit/record.ts'
import { daySeconds, secondsFromNow } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { queueMail } from '../mail/queue.ts'
import { composeMail } from '../mail/templates.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { keepDeletedNames } from '../users/names/names.ts'
import { countUsableAdmins } from './admins.ts'
import {
  countHoldings,
  findDeletedBefore,
  lockDeletedBefore,
  lockOrg,
  markDeleted,
  purge,
  unmarkDeleted,
} from './store.ts'

type Organizations = typeof api.organizations
const restorableDays = 30
const restorableSeconds = restorableDays * daySeconds

/** Deletes an organization: it answers like a missing one, keeps its name, and can be brought back for 30 days. */
export async function deleteOrganization(
  db: Db,
  permit: Permit<'org.delete'>,
  input: InputOf<Organizations['deleteOrganization']>,
): Promise<ResultOf<Organizations['deleteOrganization']>> {
  const { dryRun = false } = input
  const { org } = permit
  if (!dryRun && input.confirm !== org.name)
    throw badField('confirm', `must be the name of the organization, ${org.name}`)
  const restorableUntil = secondsFromNow(restorableSeconds).toISOString()
  return transaction(
    db,
    async (tx) => {
      const fresh = await recheck(tx, permit, { requirements: true })
      if (fresh.org.isManaged)
        throw new HubError('Conflict', 'The organization manages accounts. Convert it back to Basic SSO first.')
      if ((await lockOrg(tx, org.id)) === undefined) throw new HubError('NotFound', 'Organization not found')
      const loses = await countHoldings(tx, org.id)
      if (dryRun) return { success: true, dryRun, restorableUntil, loses }
      const others = await markDeleted(tx, org.id, permit.actor.id)
      for (const to of others) await queueMail(tx, systemAuthor, deletedMail(permit, to, restorableUntil))
      await record(tx, permit, {
        type: 'org.delete',
        message: `deleted the organization ${org.name}`,
        data: { ...loses, restorableUntil },
      })
      return { success: true, dryRun, restorableUntil, loses }
    },
    { dryRun },
  )
}

function deletedMail(permit: Permit<'org.delete'>, to: string, restorableUntil: string) {
  return composeMail({
    to,
    kind: 'organization',
    subject: `${permit.org.name} was deleted`,
    paragraphs: [
      `${permit.actor.name} deleted the organization ${permit.org.name} and everything in it.`,
      `As an admin, you can restore it until ${restorableUntil.slice(0, 10)}.`,
    ],
    button: { label: 'View organizations', path: `/settings/organizations` },
    footer: `You’re receiving this email because you were an admin of ${permit.org.name}.`,
  })
}

/**
 * Brings a deleted organization back, with its members, groups and repositories as they were; `NotFound` when that is
 * not possible any more. Answers whether it has a usable admin: they may have gone while nothing guarded them.
 */
export async function bringBack(tx: Tx, orgId: string): Promise<boolean> {
  const isBack = await unmarkDeleted(tx, orgId, secondsFromNow(-restorableSeconds))
  if (!isBack) throw new HubError('NotFound', 'Organization not found')
  return (await countUsableAdmins(tx, orgId)) > 0
}

/** Deletes for good what no one brought back within 30 days; the names stay kept for 90 days. Tells how many there were. */
export async function purgeDeletedOrganizations(db: Db): Promise<number> {
  const moment = secondsFromNow(-restorableSeconds)
  let purged = 0
  for (const { id, name } of await findDeletedBefore(db, moment)) {
    await transaction(db, async (tx) => {
      const deletedAt = await lockDeletedBefore(tx, id, moment)
      if (deletedAt === undefined) return
      await keepDeletedNames(tx, id, deletedAt)
      await purge(tx, id)
      purged += 1
      const message = `permanently removed the organization ${name}, ${restorableDays} days after its deletion`
      await record(tx, systemAuthor, {
        type: 'org.purge',
        message,
        data: { organization: { id, name } },
        scope: instanceScope,
      })
    })
  }
  return purged
}
