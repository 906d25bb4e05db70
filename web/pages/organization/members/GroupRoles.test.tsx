import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { groups, members } from '../../../../api/index.ts'
import { answer, refuse, sent } from '../../../../tests/web/hub.ts'
import { absent, findOption, textsOf } from '../../../../tests/web/look.ts'
import { aGroup, aMember, anOrg } from '../../../../tests/web/samples.ts'
import { show } from '../../../../tests/web/show.tsx'
import { GroupRoles } from './GroupRoles.tsx'

const { updateMember } = members
const org = anOrg({ may: ['group.list'] })
const since = '2026-03-04T10:12:33.000Z'
const speech = {
  id: aGroup().id,
  name: 'speech',
  role: 'write' as const,
  sources: [{ source: 'manual' as const, role: 'write' as const, addedBy: 'ada', since }],
}

async function rolesOf(record = aMember({ groups: [speech] })) {
  answer(groups.listGroupSummaries, [
    aGroup(),
    aGroup({ id: '07'.repeat(12), name: 'vision' }),
    aGroup({ id: '08'.repeat(12), name: 'scim', managedBy: 'scim' }),
    aGroup({ id: '09'.repeat(12), name: 'not mine', may: [] }),
  ])
  answer(updateMember, { dryRun: false, before: record, after: record })
  const { user } = await show(<GroupRoles org={org} record={record} />)
  return user
}

const changes = () => sent(updateMember).map(({ body }) => body?.groups)

test('GroupRoles: each role says where it comes from, and is changed in place', async () => {
  const user = await rolesOf()
  screen.getByText('write (added manually by ada)')
  await user.selectOptions(screen.getByRole('combobox', { name: 'Role in speech' }), 'admin')
  await screen.findByText('bea now has admin in speech.')
  assert.deepEqual(changes(), [{ mode: 'merge', roles: [{ id: speech.id, role: 'admin' }] }])
})

test('GroupRoles: taking someone out says what they lose, and asks first', async () => {
  const user = await rolesOf()
  await user.click(screen.getByRole('button', { name: 'Take out of speech' }))
  await screen.findByRole('dialog', { name: 'Remove bea from speech' })
  screen.getByText(/^bea loses access to the private repositories in speech/)
  assert.deepEqual(changes(), [])
  await user.click(screen.getByRole('button', { name: 'Remove from group' }))
  await screen.findByText('Removed bea from speech.')
  assert.deepEqual(changes(), [{ mode: 'merge', roles: [{ id: speech.id, role: null }] }])
})

test('GroupRoles: with a second source only the manual role goes, and the dialog says what is kept', async () => {
  const sources = [...speech.sources, { source: 'auto_join' as const, role: 'read' as const, addedBy: null, since }]
  const user = await rolesOf(aMember({ groups: [{ ...speech, sources }] }))
  screen.getByText('write (added manually by ada), read (auto-join)')
  await user.click(screen.getByRole('button', { name: 'Take out of speech' }))
  await screen.findByText('Removes the role that was added manually. bea keeps read (auto-join).')
})

test('GroupRoles: a role that an identity provider gave cannot be taken away here', async () => {
  await rolesOf(aMember({ groups: [{ ...speech, sources: [{ source: 'scim', role: 'read', addedBy: null, since }] }] }))
  absent(screen.queryByRole('button', { name: 'Take out of speech' }))
})

test('GroupRoles: only groups are offered that one administers and that are managed by hand', async () => {
  const user = await rolesOf()
  await user.click(await screen.findByRole('combobox', { name: 'Add to a resource group' }))
  await findOption('vision')
  assert.deepEqual(
    screen
      .getAllByRole('option', { hidden: true })
      .filter(({ dataset }) => 'comboboxOption' in dataset)
      .map((option) => option.textContent),
    ['vision'],
  )
})

test('GroupRoles: a member is added to a group with the role that was chosen', async () => {
  const user = await rolesOf(aMember())
  screen.getByText('Not in any resource group.')
  const add = await screen.findByRole<HTMLButtonElement>('button', { name: 'Add' })
  assert.equal(add.disabled, true)
  await user.click(screen.getByRole('combobox', { name: 'Add to a resource group' }))
  await user.click(await findOption('vision'))
  await user.selectOptions(screen.getByRole('combobox', { name: 'Role in the group' }), 'contributor')
  await user.click(add)
  await waitFor(() =>
    assert.deepEqual(changes(), [{ mode: 'merge', roles: [{ id: '07'.repeat(12), role: 'contributor' }] }]),
  )
})

test('GroupRoles: who may not change them reads them, with the reason', async () => {
  await rolesOf(aMember({ groups: [speech], may: [] }))
  absent(screen.queryByRole('combobox'))
  assert.deepEqual(textsOf('button'), [])
  screen.getByText('Only admins can change roles in acme.')
})

test('GroupRoles: a refusal is announced where the change was made', async () => {
  const user = await rolesOf()
  refuse(updateMember, { status: 409, code: 'Conflict', error: 'speech was deleted.' })
  await user.selectOptions(screen.getByRole('combobox', { name: 'Role in speech' }), 'read')
  assert.equal((await screen.findByRole('alert')).textContent, 'speech was deleted.')
})
