import type * as api from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { instanceScope, record } from '../audit/record.ts'
import { HubError } from '../kernel/errors.ts'
import type { Links } from '../mail/links.ts'
import { lossesOf, regainsOf } from '../orgs/admins.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { getPerson, getSubject, setAccountState, setOperator } from '../users/accounts/accounts.ts'
import { recordSuccession, succeed } from './successors.ts'

type Person = api.ResultOf<typeof api.operator.updatePerson>
type Input = api.InputOf<typeof api.operator.updatePerson>

/**
 * Suspends an account or ends its suspension, makes it an operator or no operator. Where a suspension takes the last
 * usable admin, the first usable successor becomes admin in the same transaction.
 */
export async function updatePerson(
  db: Db,
  permit: Permit<'operator.updatePerson'>,
  input: Input,
  links: Links,
): Promise<Person> {
  const { id, name } = getSubject(permit.facts)
  if (input.suspended && id === permit.actor.id)
    throw new HubError('Forbidden', 'You can’t suspend yourself. Ask another site admin.')
  return transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [id] })
    const before = await getPerson(tx, links, id)
    if (before.state === 'deleted') throw new HubError('NotFound', 'No account with this username.')
    if (input.operator !== undefined && input.operator !== before.isOperator) await setOperator(tx, id, input.operator)
    await setSuspended(tx, permit, { id, name, was: before.state === 'suspended' }, input.suspended)
    const after = await getPerson(tx, links, id)
    await recordUpdate(tx, permit, before, after)
    return after
  })
}

async function setSuspended(
  tx: Tx,
  author: Author,
  person: { id: string; name: string; was: boolean },
  suspended: boolean | undefined,
): Promise<void> {
  if (suspended === undefined || suspended === person.was) return
  if (suspended) await suspend(tx, author, person)
  else await endSuspension(tx, author, person)
}

async function suspend(tx: Tx, author: Author, person: { id: string; name: string }): Promise<void> {
  const lost = await lossesOf(tx, person, () => setAccountState(tx, person.id, 'suspended'))
  const successions = []
  for (const org of lost) successions.push(await succeed(tx, author, org))
  for (const succession of successions) await recordSuccession(tx, author, person, succession)
}

async function endSuspension(tx: Tx, author: Author, person: { id: string; name: string }): Promise<void> {
  const regained = await regainsOf(tx, person.id, () => setAccountState(tx, person.id, 'active'))
  for (const org of regained) {
    const message = `gave the organization an active admin again by reactivating ${person.name}`
    await record(tx, author, {
      type: 'org.admin_restored',
      message,
      data: { user: { _id: person.id, user: person.name } },
      scope: org.id,
    })
  }
}

async function recordUpdate(tx: Tx, author: Author, before: Person, after: Person): Promise<void> {
  const words: string[] = []
  if (before.state !== after.state)
    words.push(after.state === 'suspended' ? `suspended ${after.name}` : `reactivated ${after.name}`)
  if (before.isOperator !== after.isOperator)
    words.push(after.isOperator ? `made ${after.name} a site admin` : `removed ${after.name} as a site admin`)
  if (words.length === 0) return
  const state = ({ state, isOperator }: Person) => ({ state, operator: isOperator })
  await record(tx, author, {
    type: 'operator.update_person',
    message: words.join(' and '),
    data: { user: { _id: after.id, user: after.name }, before: state(before), after: state(after) },
    scope: instanceScope,
  })
}
