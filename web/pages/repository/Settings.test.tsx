import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { collaborators, gated, groups, repos, users } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, textsOf } from '../../../tests/web/look.ts'
import { aMembership, aRepository } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { RepositoryProvider } from '../../repository.ts'
import { Page } from './Settings.tsx'

const { updateRepoSettings, moveRepo, deleteRepo } = repos
const { listCollaborators, setCollaborator, removeCollaborator } = collaborators
const time = '2026-03-04T10:12:33.000Z'

const sam: collaborators.Collaborator = {
  _id: '6a'.repeat(12),
  user: 'sam',
  fullname: 'Sam Osei',
  avatarUrl: '/api/avatars/sam',
  role: 'read',
  isMember: false,
  addedBy: 'ada',
  addedAt: time,
  expiresAt: null,
} as collaborators.Collaborator

const notGated: gated.Gate = {
  mode: null,
  state: 'open',
  form: { heading: null, description: null, prompt: null, button: null, fields: [], euDisallowed: false },
  requestedAt: null,
  reviewedAt: null,
  rejectionReason: null,
  expiresAt: null,
  organization: null,
  settings: null,
  counts: null,
  checksCountries: false,
}

const all = ['repo.updateSettings', 'repo.move', 'repo.delete', 'collaborator.set', 'collaborator.remove']

async function page(may = all, row = {}, grants = [sam]) {
  answer(listCollaborators, grants)
  answer(gated.getGate, notGated)
  answer(groups.listGroupSummaries, [])
  answer(users.listMyOrganizations, {
    organizations: [aMembership(), aMembership({ name: 'lake' }), aMembership({ name: 'pond', role: 'read' })],
    restorable: [],
  })
  const shown = await show(
    <RepositoryProvider value={aRepository(may, row)}>
      <Page />
    </RepositoryProvider>,
    { at: '/acme/whisper/settings' },
  )
  await screen.findByRole('heading', { name: 'Visibility' })
  return shown
}

const part = (name: string) => within(screen.getByRole('region', { name }))
const press = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const dialog = async (name: string) => within(await screen.findByRole('dialog', { name }))

test('Visibility: making it public says that the whole history is readable, and then does it', async () => {
  const ungated = { gated: false, orgMembersGated: false, gatedNotificationsMode: 'real-time' } as const
  answer(updateRepoSettings, { private: false, visibility: 'public', ...ungated })
  const { user } = await page()
  part('Visibility').getByText(/^This repository is private\. Members with the read role or higher/)
  await user.click(press('Make public…'))
  const asked = await dialog('Make acme/whisper public')
  asked.getByText('Anyone can read this repository with its full history, even without signing in.')
  await user.click(asked.getByRole('button', { name: 'Make public' }))
  await screen.findByText('acme/whisper is now public.')
  assert.deepEqual(sent(updateRepoSettings)[0]?.body, { visibility: 'public' })
})

test('Visibility: a repository of a group is read by the group', async () => {
  await page(all, { resourceGroup: { id: '06'.repeat(12), name: 'speech' } })
  part('Visibility').getByText(/Members of speech, admins, and collaborators can read it\./)
})

test('Visibility: a refusal is announced in the dialog', async () => {
  const error = 'acme keeps its repositories private. Ask an admin.'
  refuse(updateRepoSettings, { status: 403, code: 'Forbidden', error })
  const { user } = await page()
  await user.click(press('Make public…'))
  const asked = await dialog('Make acme/whisper public')
  await user.click(asked.getByRole('button', { name: 'Make public' }))
  assert.equal((await asked.findByRole('alert')).textContent, error)
})

test('Collaborators: access is changed in place, and what it is now is said', async () => {
  answer(setCollaborator, { ...sam, role: 'write' } as never)
  const { user } = await page()
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Access for sam' }), 'write')
  await screen.findByText('sam now has write access to acme/whisper.')
  assert.deepEqual(sent(setCollaborator)[0]?.body, { role: 'write' })
})

test('Collaborators: an end is chosen from a menu', async () => {
  answer(setCollaborator, { ...sam, expiresAt: '2099-01-15T12:00:00.000Z' } as never)
  const { user } = await page()
  await user.click(await screen.findByRole('button', { name: 'Expiration for sam: Never' }))
  await user.click(await screen.findByRole('menuitem', { name: 'In 30 days', hidden: true }))
  await screen.findByText('sam now has read access to acme/whisper until January 15, 2099.')
  const body = sent(setCollaborator)[0]?.body
  const days = (Date.parse(String(body?.expiresAt)) - Date.now()) / 86_400_000
  assert.ok(days > 29.9 && days <= 30, String(days))
  assert.equal(body?.role, 'read')
})

test('Collaborators: removing one says what they lose', async () => {
  answer(removeCollaborator, { success: true } as never)
  const { user } = await page()
  await user.click(await screen.findByRole('button', { name: 'Remove sam' }))
  const asked = await dialog('Remove sam from acme/whisper')
  asked.getByText(/sam can read it as a collaborator\. After removal, they can no longer see it\./)
  await user.click(asked.getByRole('button', { name: 'Remove sam' }))
  await screen.findByText('Removed sam from acme/whisper.')
})

test('Collaborators: who is a member as well keeps that access', async () => {
  const { user } = await page(all, {}, [{ ...sam, isMember: true }])
  await user.click(await screen.findByRole('button', { name: 'Remove sam' }))
  const asked = await dialog('Remove sam from acme/whisper')
  asked.getByText(/Access from roles in the organization and its groups doesn’t change\./)
})

test('Owner: only places are offered in which one may create repositories, and not the same one', async () => {
  await page()
  const owner = await screen.findByRole('combobox', { name: 'New owner' })
  await waitFor(() => assert.deepEqual(textsOf('option', owner), ['Choose an owner', 'ada', 'lake']))
  assert.equal(press('Transfer…').disabled, true)
})

test('Owner: a transfer says whose roles count afterwards, and the full name is typed', async () => {
  answer(moveRepo, { success: true } as never)
  const { user, address } = await page(all, { resourceGroup: { id: '06'.repeat(12), name: 'speech' } })
  const owner = screen.getByRole('combobox', { name: 'New owner' })
  await waitFor(() => assert.ok(textsOf('option', owner).includes('lake')))
  await user.selectOptions(owner, 'lake')
  await user.click(press('Transfer…'))
  const asked = await dialog('Transfer acme/whisper to lake/whisper')
  asked.getByText(/Roles in acme no longer give access/)
  asked.getByText('It is removed from the resource group speech.')
  await asked.findByText('1 collaborator keeps access.')
  await user.type(asked.getByRole('textbox'), 'acme/whisper{Enter}')
  await waitFor(() =>
    assert.deepEqual(sent(moveRepo)[0]?.body, { fromRepo: 'acme/whisper', toRepo: 'lake/whisper', type: 'model' }),
  )
  await screen.findByText('acme/whisper is now lake/whisper. The old name redirects to it.')
  assert.match(address(), /lake\/whisper/)
})

test('Delete: the name of the owner belongs to what is typed', async () => {
  answer(deleteRepo, { success: true } as never)
  const { user, address } = await page()
  await user.click(press('Delete acme/whisper…'))
  const asked = await dialog('Delete acme/whisper')
  const confirm = asked.getByRole<HTMLButtonElement>('button', { name: 'Delete acme/whisper' })
  await user.type(asked.getByRole('textbox'), 'whisper')
  assert.equal(confirm.disabled, true)
  await user.clear(asked.getByRole('textbox'))
  await user.type(asked.getByRole('textbox'), 'acme/whisper')
  await user.click(confirm)
  await screen.findByText('Deleted acme/whisper.')
  assert.equal(address(), '/acme')
})

test('Settings: what cannot be changed is text, without controls', async () => {
  await page(['repo.read', 'access.whoCan'], { resourceGroup: { id: '06'.repeat(12), name: 'speech' } })
  part('Visibility').getByText(/you need the write role/)
  part('Resource group').getByText('Only organization admins can change it.')
  part('Other changes').getByText(/To rename, transfer, or delete this repository, you need the write role\./)
  assert.equal(screen.queryAllByRole('button').length, 0)
  for (const name of ['Collaborators', 'Name', 'Owner', 'Delete repository'])
    absent(screen.queryByRole('region', { name }))
  assert.equal(sent(listCollaborators).length, 0)
})

test('Settings: who can change nothing is told who can', async () => {
  await show(
    <RepositoryProvider value={aRepository(['repo.read'])}>
      <Page />
    </RepositoryProvider>,
    { at: '/acme/whisper/settings' },
  )
  await screen.findByRole('heading', { name: 'You can’t change these settings' })
  screen.getByText(/Only people with write access to acme\/whisper can change its settings\./)
})

test('Settings: a collaborator can give up their own access', async () => {
  answer(collaborators.getCollaborator, {
    ...sam,
    user: 'ada',
    role: 'write',
    expiresAt: '2099-01-15T12:00:00.000Z',
  } as never)
  answer(removeCollaborator, { success: true } as never)
  const { user, address } = await page(['repo.read', 'collaborator.remove'])
  await screen.findByText(/You have write access as a collaborator until January 15, 2099\. Added by ada\./)
  await user.click(press('Leave repository…'))
  const asked = await dialog('Leave acme/whisper')
  asked.getByText(/After removal, you can no longer see it\./)
  await user.click(asked.getByRole('button', { name: 'Leave repository' }))
  await screen.findByText('You left acme/whisper.')
  await waitFor(() => assert.equal(address(), '/'))
})

test('Settings: a visitor is led to the sign-in', async () => {
  const { address } = await show(
    <RepositoryProvider value={aRepository([])}>
      <Page />
    </RepositoryProvider>,
    { at: '/acme/whisper/settings', as: null },
  )
  await waitFor(() => assert.match(address(), /^\/login/))
})
