import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { operator } from '../../../api/index.ts'
import { answer, given, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, saidAt, textsOf } from '../../../tests/web/look.ts'
import { anAccount } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './People.tsx'
import type { Person } from './people/columns.tsx'

const { listPeople, createPerson, updatePerson } = operator

function aPerson(over: Partial<Person> = {}): Person {
  return {
    id: '7a'.repeat(12),
    name: 'bea',
    fullname: 'Bea Ito',
    avatarUrl: '/api/avatars/bea',
    email: 'bea@example.org',
    emailVerified: true,
    isOperator: false,
    state: 'active',
    twoFactorEnabled: false,
    createdAt: '2026-03-04T10:12:33.000Z',
    organizations: 2,
    ...over,
  }
}

async function page(people: Person[] = [aPerson()], at = '/operator/people') {
  // Of the health of the instance, this page shows a number only.
  given(operator.operatorHealth, () => Response.json({ counts: { people: people.length } }))
  answer(listPeople, people)
  const shown = await show(<Page />, { at, as: anAccount({ isOperator: true }) })
  await screen.findByRole('heading', { level: 1, name: 'People' })
  return shown
}

const more = (name: string) => screen.findByRole('button', { name: `More for ${name}` })
const item = (name: RegExp | string) => screen.findByRole('menuitem', { name, hidden: true })

test('People: each line says who, and what is out of the ordinary', async () => {
  await page([
    aPerson({ email: 'bea@example.org', emailVerified: false }),
    aPerson({ id: '7b'.repeat(12), name: 'zoe', fullname: '', state: 'suspended', isOperator: true, email: null }),
    aPerson({ id: '7c'.repeat(12), name: 'old', fullname: '', state: 'deleted' }),
  ])
  await screen.findByText('bea · bea@example.org, unverified')
  const rows = screen.getAllByRole('row').slice(1)
  assert.match(rows[1]?.textContent ?? '', /^zoezoesite adminsuspended2off/)
  // Nothing can be done with an account that is gone.
  absent(within(rows[2] as HTMLElement).queryByRole('button'))
})

test('People: suspending says everything that happens, and the line changes in place', async () => {
  answer(updatePerson, aPerson({ state: 'suspended' }))
  const { user } = await page()
  await user.click(await more('bea'))
  await user.click(await item(/^Suspend/))
  const dialog = await screen.findByRole('dialog', { name: 'Suspend bea' })
  const effects = textsOf('listitem', dialog)
  assert.match(effects[0] ?? '', /signed out and can’t sign in\. Access tokens stop working/)
  assert.match(effects[1] ?? '', /stays a member of 2 organizations and keeps the seat/)
  assert.equal(sent(updatePerson).length, 0)
  await user.click(within(dialog).getByRole('button', { name: 'Suspend bea' }))
  await screen.findByText('bea suspended.')
  await screen.findByText('suspended')
  assert.deepEqual(sent(updatePerson)[0]?.body, { suspended: true })
  assert.equal(sent(listPeople).length, 1)
})

test('People: one cannot suspend oneself, and is told so', async () => {
  const { user } = await page([aPerson({ name: 'ada', isOperator: true })])
  await user.click(await more('ada'))
  const suspend = await item(/You can’t suspend yourself\./)
  await user.click(suspend)
  absent(screen.queryByRole('dialog'))
})

test('People: making someone a site admin says what they can do, and what not', async () => {
  answer(updatePerson, aPerson({ isOperator: true }))
  const { user } = await page()
  await user.click(await more('bea'))
  await user.click(await item('Make site admin…'))
  await screen.findByText('This gives no access to organizations or their repositories.')
  await user.click(screen.getByRole('button', { name: 'Make site admin' }))
  await screen.findByText('bea is now a site admin.')
  assert.deepEqual(sent(updatePerson)[0]?.body, { operator: true })
})

test('People: the last site admin is not removed, and the dialog says why', async () => {
  refuse(updatePerson, { status: 409, code: 'Conflict', error: 'The instance needs a site admin.' })
  const { user } = await page([aPerson({ isOperator: true })])
  await user.click(await more('bea'))
  await user.click(await item('Remove site admin…'))
  await user.click(await screen.findByRole('button', { name: 'Remove site admin' }))
  assert.equal((await screen.findByRole('alert')).textContent, 'The instance needs a site admin.')
})

async function create() {
  const shown = await page()
  await shown.user.click(screen.getByRole('button', { name: 'New account' }))
  const form = within(await screen.findByRole('form', { name: 'New account' }))
  return { ...shown, form }
}

test('New account: without a password the person sets one by email', async () => {
  answer(createPerson, aPerson({ name: 'nia' }))
  const { user, form } = await create()
  form.getByText('Leave blank to send an email with a link to set it.')
  await user.type(form.getByRole('textbox', { name: 'Username' }), 'nia')
  await user.type(form.getByRole('textbox', { name: 'Email address' }), ' nia@example.org {Enter}')
  await screen.findByText('Account nia created.')
  assert.deepEqual(sent(createPerson)[0]?.body, { username: 'nia', email: 'nia@example.org' })
  await waitFor(() => absent(screen.queryByRole('dialog')))
})

test('New account: a name that cannot be is said while it is typed, and one that is taken after', async () => {
  refuse(createPerson, { status: 409, code: 'NameTaken', error: 'This name is taken.' })
  const { user, form } = await create()
  const name = form.getByRole('textbox', { name: 'Username' })
  await user.type(name, 'b--')
  assert.match(saidAt(name), /hyphen/)
  await user.clear(name)
  await user.type(name, 'bea')
  await user.type(form.getByRole('textbox', { name: 'Email address' }), 'bea@example.org{Enter}')
  await waitFor(() => assert.match(saidAt(name), /This name is taken\./))
})

test('New account: a site admin is made only where the box is ticked', async () => {
  answer(createPerson, aPerson({ name: 'nia' }))
  const { user, form } = await create()
  await user.type(form.getByRole('textbox', { name: 'Username' }), 'nia')
  await user.type(form.getByRole('textbox', { name: 'Email address' }), 'nia@example.org')
  await user.click(form.getByRole('checkbox', { name: 'Site admin' }))
  await user.click(form.getByRole('button', { name: 'Create account' }))
  await waitFor(() => assert.equal(sent(createPerson)[0]?.body?.operator, true))
})

test('People: a search without a match can be cleared', async () => {
  const { user } = await page([], '/operator/people?search=no-such-person')
  await screen.findByRole('heading', { name: 'No people match' })
  assert.equal(sent(listPeople)[0]?.query.search, 'no-such-person')
  await user.click(screen.getByRole('button', { name: 'Clear filters' }))
  await screen.findByRole('heading', { name: 'No accounts yet' })
})
