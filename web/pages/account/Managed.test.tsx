// What the pages offer to someone whose account an organization manages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen } from '@testing-library/react'
import { groups, type OrgRole, organizations, users } from '../../../api/index.ts'
import { answer, refuse } from '../../../tests/web/hub.ts'
import { absent } from '../../../tests/web/look.ts'
import { aMembership, anAccount } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page as NewOrganization } from '../NewOrganization.tsx'
import { Page as NewRepository } from '../NewRepository.tsx'
import { Page as Organizations } from './Organizations.tsx'

const managed = anAccount({ managedBy: 'acme' })

function inAcme(role: OrgRole) {
  answer(users.listMyOrganizations, { organizations: [aMembership({ name: 'acme', role })], restorable: [] })
  answer(groups.listGroupSummaries, [])
  refuse(organizations.getSettings, { status: 403, code: 'Forbidden', error: 'No.' })
}

test('a new repository is the organization’s', async () => {
  inAcme('write')
  await show(<NewRepository />, { as: managed })
  const owner = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Owner' })
  assert.deepEqual(
    Array.from(owner.options, ({ value }) => value),
    ['acme'],
  )
  assert.ok(screen.getByText('acme/name'))
})

test('who may create no repositories there is told, and sees no form', async () => {
  inAcme('read')
  await show(<NewRepository />, { as: managed })
  await screen.findByText(/^acme manages your account, and your role there can’t create repositories\./)
  absent(screen.queryByRole('button', { name: 'Create repository' }))
})

test('an account of your own owns its repositories too', async () => {
  inAcme('write')
  await show(<NewRepository />, { as: anAccount() })
  const owner = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Owner' })
  assert.deepEqual(
    Array.from(owner.options, ({ value }) => value),
    [anAccount().name, 'acme'],
  )
})

test('the organization can’t be left', async () => {
  inAcme('write')
  await show(<Organizations />, { as: managed })
  await screen.findByRole('heading', { level: 1, name: 'Organizations' })
  absent(screen.queryByRole('button', { name: 'Leave acme' }))
  absent(screen.queryByRole('columnheader', { name: 'Leave' }))
})

test('an organization of your own can be left', async () => {
  inAcme('write')
  await show(<Organizations />, { as: anAccount() })
  await screen.findByRole('button', { name: 'Leave acme' })
})

test('who can’t create an organization is told why', async () => {
  await show(<NewOrganization />, { as: managed, over: { mayCreateOrganizations: false } })
  await screen.findByText('acme manages your account, so you can’t create or join another organization.')
})
