import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen } from '@testing-library/react'
import { show } from '../../../../tests/web/show.tsx'
import type { Row } from './MappingRows.tsx'
import { GroupPreview, RolePreview } from './Preview.tsx'

const lastTest = {
  at: '2026-03-04T10:12:33.000Z',
  succeeded: true,
  isCurrent: false,
  report: {
    ...{ subject: 's', email: null, role: null, groups: [], problems: [], notes: [] },
    attributes: { realm: { roles: ['staff', 'boss'] }, groups: 'see' },
  },
}
const roles: Row[] = [
  { value: 'boss', role: 'admin' },
  { value: 'staff', role: 'write' },
]
const vision = { id: 'a'.repeat(24), name: 'vision' }

const role = (path: string, test: typeof lastTest | null = lastTest) =>
  show(<RolePreview test={test} path={path} rows={roles} defaultRole="the default role" />)

test('the role is the highest that matches', async () => {
  await role(' realm.roles ')
  assert.match(screen.getByRole('status').textContent ?? '', /sent staff, boss. You get:admin/)
})

test('where nothing matches, the role is the default one', async () => {
  await role('realm.other')
  assert.match(screen.getByRole('status').textContent ?? '', /sent nothing in realm.other. You get:the default role/)
})

test('groups are listed with the highest role in each', async () => {
  const rows: Row[] = [
    { value: 'see', group: vision.id, role: 'read' },
    { value: 'see', group: vision.id, role: 'contributor' },
    { value: 'hear', group: vision.id, role: 'admin' },
  ]
  await show(<GroupPreview test={lastTest} path="groups" rows={rows} groups={[vision]} />)
  assert.match(screen.getByRole('status').textContent ?? '', /vision \(contributor\)$/)
})

test('without a test sign-in it says what to do', async () => {
  await role('roles', null)
  assert.ok(screen.getByText('Run a test sign-in to preview this mapping.'))
})

test('without a path it says nothing', async () => {
  await role('')
  assert.equal(screen.queryByRole('status'), null)
})
