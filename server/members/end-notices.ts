import { daySeconds, now } from '../kernel/clock.ts'
import { queueNotices } from '../mail/queue.ts'
import type { Mail } from '../mail/templates.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { mailAddressesOf } from '../users/addresses/mail-address.ts'
import { claimEndings, type Ending } from './end-notices-store.ts'
import { endingMail } from './membership/notices-mails.ts'

const batchSize = 500

/** Reminds members 14 and 3 days before their membership ends, and on its last day, each time once. */
export async function remindOfEnds(db: Db): Promise<void> {
  while ((await transaction(db, remindSome)) > 0);
}

// Claimed in the transaction that writes the mails: a process that is killed has done both or neither.
async function remindSome(tx: Tx): Promise<number> {
  const endings = await claimEndings(tx, now(), batchSize)
  const addresses = await mailAddressesOf(tx, [...new Set(endings.map(({ userId }) => userId))])
  for (const [orgId, reminded] of Map.groupBy(endings, (ending) => ending.orgId))
    await queueNotices(
      tx,
      orgId,
      reminded.flatMap((ending) => mailOf(ending, addresses.get(ending.userId))),
    )
  return endings.length
}

function mailOf({ org, endsAt }: Ending, to: string | undefined): Mail[] {
  if (to === undefined) return []
  const days = (endsAt.getTime() - now().getTime()) / (daySeconds * 1000)
  const left = days <= 1 ? 'in less than a day' : `in ${Math.ceil(days)} days`
  return [endingMail({ to, org }, left, endsAt)]
}
