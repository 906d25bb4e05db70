import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { daySeconds } from '../kernel/clock.ts'
import { decodeCursor, pageOf } from '../kernel/page.ts'
import type { Links } from '../mail/links.ts'
import { queueMail } from '../mail/queue.ts'
import { type Db, transaction } from '../store/database.ts'
import { getPerson, personOf } from './accounts/accounts.ts'
import * as store from './accounts/store.ts'
import { createLink } from './addresses/links.ts'
import { welcomeMail } from './addresses/mails.ts'
import { newPasswordHash } from './guessing/chosen-passwords.ts'
import { checkName } from './names/names.ts'
import { addAccount } from './sign-in/sign-up.ts'

const welcomeSeconds = 3 * daySeconds

/** Lists every account that is not deleted, the oldest first; a search finds parts of names, and with an `@` parts of addresses. */
export async function listPeople(
  db: Db,
  _permit: Permit<'operator.listPeople'>,
  { search, cursor, limit }: InputOf<typeof api.operator.listPeople>,
  links: Links,
): Promise<ResultOf<typeof api.operator.listPeople>> {
  const [after = ''] = cursor === undefined ? [] : decodeCursor(cursor, 1)
  const rows = await find(db, search?.trim() ?? '', { after, limit: limit + 1 })
  const page = pageOf(rows, limit, (row) => [row.id])
  return { items: page.items.map((row) => personOf(row, links)), next: page.next }
}

function find(db: Db, search: string, page: { after: string; limit: number }): Promise<store.PersonRow[]> {
  if (search === '') return store.listPeople(db, page)
  return search.includes('@') ? store.searchPeopleByEmail(db, search, page) : store.searchPeople(db, search, page)
}

/** Creates an account whose address counts as verified. Without a password the person gets a mail with a link to set one. */
export async function createPerson(
  db: Db,
  permit: Permit<'operator.createPerson'>,
  input: InputOf<typeof api.operator.createPerson>,
  links: Links,
): Promise<ResultOf<typeof api.operator.createPerson>> {
  checkName('username', input.username)
  const { username, fullname, email, operator: isOperator = false } = input
  const names = [username, email]
  const passwordHash =
    input.password === undefined ? null : await newPasswordHash(input.password, { field: 'password', names })
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const { id, name } = await addAccount(tx, { username, fullname, email, passwordHash, isOperator, isVerified: true })
    if (passwordHash === null) {
      const token = await createLink(tx, {
        purpose: 'reset_password',
        userId: id,
        emailId: null,
        lifetimeSeconds: welcomeSeconds,
      })
      await queueMail(tx, permit, welcomeMail({ name, email }, token))
    }
    const person = await getPerson(tx, links, id)
    const message = `created the account ${name}${isOperator ? ' as a site admin' : ''}`
    await record(tx, permit, { type: 'user.create', message, data: { user: name, email, operator: isOperator } })
    return person
  })
}
