import { systemAuthor } from '../access/author.ts'
import { instanceScope, record } from '../audit/record.ts'
import { holdings } from '../leaving/holdings/holdings.ts'
import { type Db, transaction } from '../store/database.ts'
import { closeManaged, findEndedAccounts, lockEndedAccount } from '../users/managed/managed.ts'

const mostAtOnce = 100

/** Deletes managed accounts for good, 30 days after their identity provider deleted them. What they made stays with the organization. */
export async function endManagedAccounts(db: Db): Promise<void> {
  for (const account of await findEndedAccounts(db, mostAtOnce)) await end(db, account)
}

async function end(db: Db, { id, name }: { id: string; name: string }): Promise<void> {
  await transaction(db, async (tx) => {
    if (!(await lockEndedAccount(tx, id))) return
    await holdings.hold(tx, { userId: id })
    await holdings.end(tx, { userId: id }, 'account deletion')
    await closeManaged(tx, id)
    const message = `deleted the managed account ${name}, 30 days after its identity provider did`
    const data = { user: { _id: id, user: name } }
    await record(tx, systemAuthor, { type: 'user.delete', message, data, scope: instanceScope })
  })
}
