import { systemAuthor } from '../access/author.ts'
import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { queueMail } from '../mail/queue.ts'
import type { Mail } from '../mail/templates.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { stillAdminlessMail, stillAtRiskMail } from './admin-mails.ts'
import * as store from './admins-store.ts'

const atRiskDays = 30
const adminlessDays = 7

interface Org {
  id: string
  name: string
}

/**
 * Reminds the only admin of an organization once a month, and the operators once a week of one that has none: from the
 * first mail on, which leaves when it comes to that, or from the day the organization was made.
 */
export async function remindOfHealth(db: Db): Promise<void> {
  const monthAgo = secondsFromNow(-atRiskDays * daySeconds)
  for (const org of await store.findAtRiskUntold(db, monthAgo))
    await remind(db, org, monthAgo, async (tx) =>
      (await store.findUsableAdmins(tx, org.id, now())).map(({ email }) => stillAtRiskMail(org, email)),
    )
  const weekAgo = secondsFromNow(-adminlessDays * daySeconds)
  for (const org of await store.findAdminlessUntold(db, weekAgo))
    await remind(db, org, weekAgo, async (tx) =>
      (await store.findOperatorAddresses(tx)).map((email) => stillAdminlessMail(org, email)),
    )
}

async function remind(db: Db, org: Org, before: Date, write: (tx: Tx) => Promise<Mail[]>): Promise<void> {
  await transaction(db, async (tx) => {
    if (!(await store.claimTelling(tx, org.id, before, now()))) return
    for (const mail of await write(tx)) await queueMail(tx, systemAuthor, mail)
  })
}
