import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { organizations, users } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, saidAt, textsOf } from '../../../tests/web/look.ts'
import { anOrg } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Danger.tsx'

const { updateOrganization, deleteOrganization, getOrganization } = organizations

async function page(may = ['org.update', 'org.delete']) {
  answer(getOrganization, anOrg({ may }))
  answer(users.listMyOrganizations, { organizations: [], restorable: [] })
  const shown = await show(<Page />, {
    at: '/organizations/acme/settings/danger',
    route: '/organizations/$org/settings/danger',
  })
  await screen.findByRole('heading', { level: 1, name: 'Danger zone' })
  return shown
}

const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'New name' })
const rename = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Rename acme…' })

test('Rename: a name that cannot be is said while it is typed, and the button stays dead', async () => {
  const { user } = await page()
  assert.equal(rename().disabled, true)
  for (const [name, problem] of [
    ['a', 'Use 2 to 42 characters.'],
    ['-acme', 'Can’t start or end with a hyphen.'],
    ['12', 'Can’t be only digits.'],
    ['ac_me', 'Use only letters, digits, and hyphens.'],
  ] as const) {
    await user.clear(field())
    await user.type(field(), name)
    assert.match(saidAt(field()), new RegExp(problem.replaceAll('.', String.raw`\.`)), name)
    assert.equal(rename().disabled, true, name)
  }
})

test('Rename: to its own name there is nothing to do', async () => {
  const { user } = await page()
  await user.type(field(), 'acme')
  assert.equal(rename().disabled, true)
})

test('Rename: what it means is said, the old name is typed, and one lands at the new address', async () => {
  answer(updateOrganization, anOrg({ name: 'summit' }))
  const { user, address } = await page()
  await user.type(field(), 'summit')
  await user.click(rename())
  const dialog = within(await screen.findByRole('dialog', { name: 'Rename acme to summit' }))
  dialog.getByText(/Only you can take the old name back/)
  await user.type(dialog.getByRole('textbox', { name: 'Type “acme” to confirm' }), 'acme')
  answer(getOrganization, anOrg({ name: 'summit', may: ['org.update'] }))
  await user.click(dialog.getByRole('button', { name: 'Rename acme' }))
  await screen.findByText('acme is now summit.')
  assert.match(address(), /summit.*danger/)
  assert.deepEqual(sent(updateOrganization)[0]?.body, { name: 'summit' })
})

test('Rename: a name that is taken is announced in the dialog, and nothing has moved', async () => {
  refuse(updateOrganization, { status: 409, code: 'NameTaken', error: 'This name is taken.' })
  const { user, address } = await page()
  await user.type(field(), 'summit')
  await user.click(rename())
  const dialog = within(await screen.findByRole('dialog'))
  await user.type(dialog.getByRole('textbox'), 'acme{Enter}')
  assert.equal((await dialog.findByRole('alert')).textContent, 'This name is taken.')
  assert.match(address(), /acme/)
})

function rehearse(): void {
  answer(deleteOrganization, ({ query }) => ({
    success: true,
    dryRun: query.dryRun === 'true',
    restorableUntil: '2027-01-15T12:00:00.000Z',
    loses: { members: 1, repositories: 1204, resourceGroups: 2 },
  }))
}

test('Delete: who loses what, and until when it can be undone, is said before the name can help', async () => {
  rehearse()
  const { user, address } = await page()
  await user.click(screen.getByRole('button', { name: 'Delete acme…' }))
  const dialog = screen.getByRole('dialog', { name: 'Delete acme' })
  await waitFor(() =>
    assert.deepEqual(textsOf('listitem', dialog), [
      '1 member loses access to 1,204 repositories and 2 resource groups immediately.',
      'Admins can restore acme until January 15, 2027. After that, it can’t be restored.',
    ]),
  )
  assert.ok(sent(deleteOrganization).every(({ query }) => query.dryRun === 'true'))
  await user.type(within(dialog).getByRole('textbox'), 'acme{Enter}')
  await screen.findByText('acme deleted. You can restore it until January 15, 2027.')
  assert.match(address(), /settings\/organizations/)
  assert.deepEqual(sent(deleteOrganization).at(-1)?.body, { confirm: 'acme' })
})

test('Delete: an admin on probation after a recovery sees why not', async () => {
  const { user } = await page(['org.update'])
  const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Delete acme…' })
  assert.equal(button.disabled, true)
  screen.getByRole('note', { name: /on probation after a recovery/ })
  await user.click(button)
  absent(screen.queryByRole('dialog'))
})

test('Danger zone: who can do neither is told so, and sees no buttons', async () => {
  await page([])
  screen.getByText('Only admins can rename or delete the organization.')
  assert.deepEqual(textsOf('button'), [])
})
