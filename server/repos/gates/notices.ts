import type { gated } from '../../../api/index.ts'
import { systemAuthor } from '../../access/author.ts'
import type { Permit } from '../../access/permit.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { queueMail, queueMails, queueNotices } from '../../mail/queue.ts'
import type { Mail } from '../../mail/templates.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { acceptedMail, digestMail, grantedMail, type Named, rejectedMail, requestMail } from './mails.ts'
import * as store from './notices-store.ts'

/** Tells the authors of a request that waits, where they want to hear of each. The others hear of it once a day. */
export async function tellAuthors(tx: Tx, permit: Permit<'gate.request'>): Promise<void> {
  const { actor, repo } = permit
  const row = await store.findNoticeRow(tx, repo.id, now())
  if (row?.notifications !== 'real-time') return
  for (const to of row.addresses) await queueMail(tx, permit, requestMail(to, row, actor.name))
  await store.markTold(tx, repo.id, actor.id, now())
}

const reposAtOnce = 100

/** Tells authors of the requests that came since the last time, in one email for each repository. Run it once a day. */
export async function tellOfAccessRequests(db: Db): Promise<void> {
  while ((await tellSome(db)) === reposAtOnce);
}

async function tellSome(db: Db): Promise<number> {
  return transaction(db, async (tx) => {
    const rows = await store.takeUntold(tx, { most: reposAtOnce, at: now(), since: secondsFromNow(-daySeconds) })
    for (const [orgId, ofOrg] of Map.groupBy(rows, ({ org_id: id }) => id))
      await queueFor(
        tx,
        orgId,
        ofOrg.flatMap((row) => row.addresses.map((to) => digestMail(to, row, row.requests))),
      )
    return rows.length
  })
}

// What only informs refuses no change: beyond the limits it is left out.
async function queueFor(tx: Tx, orgId: string | null, mails: readonly Mail[]): Promise<void> {
  if (orgId === null) await queueMails(tx, systemAuthor, mails)
  else await queueNotices(tx, orgId, mails)
}

interface Decision {
  state: gated.RequestState | 'granted'
  reason: string | null
  expiresAt: Date | null
}

/** Tells people what was decided about their access; nothing where it is open again, and never the one who decided. */
export async function tellPeople(
  tx: Tx,
  { actor, repo, org }: Permit<'gate.handle'>,
  people: readonly { user_id: string }[],
  decision: Decision,
): Promise<void> {
  const others = people.map(({ user_id: id }) => id).filter((id) => id !== actor.id)
  if (decision.state === 'pending' || others.length === 0) return
  const named = { type: repo.type, name: `${repo.namespace}/${repo.name}` }
  const addresses = await store.findAddresses(tx, others)
  await queueFor(
    tx,
    org?.id ?? null,
    addresses.map((to) => decisionMail(to, named, decision)),
  )
}

function decisionMail(to: string, repo: Named, { state, reason, expiresAt }: Decision): Mail {
  if (state === 'rejected') return rejectedMail(to, repo, reason)
  return state === 'granted' ? grantedMail(to, repo, expiresAt) : acceptedMail(to, repo, expiresAt)
}
