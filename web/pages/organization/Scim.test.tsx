import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { groups, organizations, type ReplyOf, scimSettings } from '../../../api/index.ts'
import { answer, sent } from '../../../tests/web/hub.ts'
import { findOption } from '../../../tests/web/look.ts'
import { aGroup, anOrg } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Scim.tsx'

const may = ['scim.view', 'scim.link', 'scim.decide', 'scimToken.create', 'scimToken.rotate', 'scimToken.revoke']
const at = '2026-03-04T10:12:33.000Z'
const token = { id: '0a'.repeat(12), name: 'Entra ID', last4: 'wxyz', createdAt: at, lastUsedAt: null }
const group = { id: '0b'.repeat(12), displayName: 'engineers', members: 12, links: [] }
const held = {
  ...{ id: '0c'.repeat(12), state: 'waiting' as const, summary: 'deactivate grace', people: 1 },
  ...{ createdAt: at, expiresAt: at, decidedAt: null, decidedBy: null },
}

interface There {
  settings?: Partial<ReplyOf<typeof scimSettings.getScimSettings>>
  waiting?: scimSettings.HeldRemoval[]
}

async function page({ settings = {}, waiting = [] }: There = {}) {
  answer(organizations.getOrganization, anOrg({ may }))
  answer(scimSettings.getScimSettings, {
    managed: false,
    tenantUrl: 'https://hub.example/api/organizations/acme/scim-provisioning/v2',
    tokens: [token],
    users: { total: 12, active: 11 },
    groups: { total: 1, linked: 0 },
    held: waiting.length,
    ...settings,
  })
  answer(scimSettings.listHeldRemovals, waiting)
  answer(scimSettings.listProvisionedGroups, [group])
  answer(scimSettings.listProvisionedUsers, [])
  answer(scimSettings.listScimOperations, [])
  answer(groups.listGroupSummaries, [aGroup({ id: '0d'.repeat(12), name: 'speech' })])
  const shown = await show(<Page />, {
    at: '/organizations/acme/settings/scim',
    route: '/organizations/$org/settings/scim',
  })
  await screen.findByRole('heading', { level: 1, name: 'SCIM' })
  return shown
}

test('SCIM: says what is provisioned and where to connect, and shows a new token once', async () => {
  const { user } = await page()
  screen.getByText(/12 provisioned users · 1 deactivated · 1 SCIM group · 0 linked/)
  screen.getByDisplayValue(/scim-provisioning\/v2$/)
  answer(scimSettings.createScimToken, { ...token, name: 'Okta', token: 'hf_cSecret' })
  await user.click(screen.getByRole('button', { name: 'Create SCIM token' }))
  const dialog = await screen.findByRole('dialog')
  await user.clear(within(dialog).getByLabelText(/Name/))
  await user.type(within(dialog).getByLabelText(/Name/), 'Okta')
  await user.click(within(dialog).getByRole('button', { name: 'Create SCIM token' }))
  await screen.findByDisplayValue('hf_cSecret')
  assert.deepEqual(sent(scimSettings.createScimToken).at(-1)?.body, { name: 'Okta' })
})

test('SCIM: with two tokens, says to revoke one first', async () => {
  await page({ settings: { tokens: [token, { ...token, id: '0e'.repeat(12), name: 'Okta' }] } })
  const button = screen.getByRole('button', { name: 'Create SCIM token' })
  assert.equal((button as HTMLButtonElement).disabled, true)
})

test('SCIM: links a group once its effect is shown', async () => {
  const { user } = await page()
  const linked = { ...group, links: [{ id: '0d'.repeat(12), name: 'speech', role: 'write' as const }] }
  answer(scimSettings.setScimGroupLinks, { group: linked, gains: 12, loses: 0, changes: 0 })
  await user.click(await screen.findByRole('button', { name: 'Link engineers' }))
  const dialog = await screen.findByRole('dialog')
  await user.click(within(dialog).getByRole('button', { name: 'Add resource group' }))
  await user.click(within(dialog).getByRole('combobox', { name: 'Resource group' }))
  await user.click(await findOption('speech'))
  await screen.findByText('Immediately: 12 people get access.')
  await user.click(within(dialog).getByRole('button', { name: 'Save links' }))
  await waitFor(() => assert.equal(sent(scimSettings.setScimGroupLinks).at(-1)?.query.dryRun, undefined))
  const [first] = sent(scimSettings.setScimGroupLinks)
  assert.deepEqual(
    [first?.query.dryRun, first?.body],
    ['true', { links: [{ resourceGroup: '0d'.repeat(12), role: 'read' }] }],
  )
})

test('SCIM: a held removal is approved or denied', async () => {
  const { user } = await page({ waiting: [held] })
  screen.getByText('1 removal waiting for approval')
  answer(scimSettings.approveHeldRemoval, { ...held, state: 'approved' })
  await user.click(screen.getByRole('button', { name: 'Approve: deactivate grace' }))
  await waitFor(() => assert.equal(sent(scimSettings.approveHeldRemoval).length, 1))
})
