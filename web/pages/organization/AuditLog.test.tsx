import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { audit, members, organizations } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, findOption, textsOf } from '../../../tests/web/look.ts'
import { anOrg } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './AuditLog.tsx'

const { searchAuditLog, verifyAuditLog } = audit
const hash = 'ab'.repeat(32)
const chain = { seq: 7, prevHash: hash, hash }
const ada = { _id: '01'.repeat(12), user: 'ada', avatarUrl: '/api/avatars/ada', type: 'user' as const }

function anEvent(over: Partial<audit.AuditEvent> = {}): audit.AuditEvent {
  return {
    _id: '4a'.repeat(12),
    createdAt: '2026-03-04T10:12:33.000Z',
    type: 'org.change_role',
    message: 'Changed the role of bea from read to write.',
    author: ada,
    data: { chain, before: { role: 'read' }, after: { role: 'write' } },
    ...over,
  }
}

const path = '/organizations/acme/settings/audit-log'

async function page(events: audit.AuditEvent[] = [anEvent()], search = '', may = ['audit.search']) {
  answer(organizations.getOrganization, anOrg({ may }))
  answer(searchAuditLog, events)
  const shown = await show(<Page />, { at: path + search, route: '/organizations/$org/settings/audit-log' })
  await screen.findByRole('heading', { level: 1, name: 'Audit log' })
  return shown
}

const query = () => sent(searchAuditLog).at(-1)?.query
const asked = async (q: string) => waitFor(() => assert.equal(query()?.q, q))

test('Audit log: an event says what, who, and when, and opens to what changed', async () => {
  const { user, address } = await page()
  const sentence = await screen.findByRole('button', { name: /^Changed the role of bea/ })
  assert.equal(sentence.getAttribute('aria-expanded'), 'false')
  screen.getByRole('link', { name: 'ada' })
  await user.click(sentence)
  // A link to this page shows the same event.
  await waitFor(() => assert.match(address(), new RegExp(`event=${'4a'.repeat(12)}`)))
  const change = screen.getByRole('rowheader', { name: 'Role' }).closest('tr') as HTMLElement
  assert.deepEqual(textsOf('cell', change), ['read', 'write'])
  screen.getByText('None (session)')
  screen.getByText('Not recorded')
})

test('Audit log: what the hub did by itself, and what a deleted account did, is said so', async () => {
  await page([
    anEvent({ author: { ...ada, user: 'system', type: 'system' } }),
    anEvent({ _id: '4b'.repeat(12), author: { ...ada, user: 'zoe', deleted: true } }),
  ])
  await screen.findByText('Guildhall')
  screen.getByText('zoe (deleted)')
  absent(screen.queryByRole('link', { name: /zoe/ }))
})

test('Audit log: an event by a token names it, and that it is gone', async () => {
  const token = {
    type: 'access_token' as const,
    id: '5a'.repeat(12),
    role: 'write' as const,
    last4: 'wxyz',
    deleted: true,
  }
  await page([anEvent({ token, ip: '192.0.2.1', userAgent: 'git/2.39' })], `?event=${'4a'.repeat(12)}`)
  await screen.findByText('Token …wxyz')
  screen.getByText('…wxyz, write, deleted')
  assert.ok(screen.getAllByText('192.0.2.1').length > 0)
  screen.getByText('git/2.39')
})

test('Audit log: person, type, token, and words narrow it together, and stand in the address', async () => {
  answer(members.listMembers, [])
  const { user, address } = await page()
  await user.type(await screen.findByRole('textbox', { name: 'Token' }), 'wxyz{Enter}')
  await asked('token:wxyz')
  await user.click(screen.getByRole('combobox', { name: 'Event type' }))
  await user.click(await findOption('Role changed'))
  await asked('type:org.change_role token:wxyz')
  await user.type(screen.getByRole('textbox', { name: 'Search events' }), 'bea')
  await asked('type:org.change_role token:wxyz bea')
  assert.match(address(), /type=org\.change_role/)
  await user.click(screen.getByRole('button', { name: 'Clear filters' }))
  // The whole list was read before, so it may come without asking again.
  await waitFor(() => assert.equal(address(), path))
  assert.equal(screen.getByRole<HTMLInputElement>('textbox', { name: 'Search events' }).value, '')
})

test('Audit log: days are days of the browser, the last one included', async () => {
  const { user: _ } = await page()
  fireEvent.change(await screen.findByLabelText('From'), { target: { value: '2026-03-01' } })
  fireEvent.change(screen.getByLabelText('To'), { target: { value: '2026-03-04' } })
  const [from, to] = [new Date('2026-03-01T00:00').toISOString(), new Date('2026-03-05T00:00').toISOString()]
  await asked(`after:${from} before:${to}`)
  screen.getByText(/^Time zone: /)
})

test('Audit log: an address that someone sent shows what they saw', async () => {
  await page([anEvent()], '?author=ada&type=org.leave&from=2026-03-01')
  await asked(`author:ada type:org.leave after:${new Date('2026-03-01T00:00').toISOString()}`)
})

test('Audit log: a search that finds nothing offers the whole log again', async () => {
  const { user } = await page([], '?q=nothing')
  await screen.findByRole('heading', { name: 'No events match' })
  const [, clear] = screen.getAllByRole('button', { name: 'Clear filters' })
  await user.click(clear as HTMLElement)
  await screen.findByRole('heading', { name: 'No events yet' })
})

test('Audit log: exports take the filter, and say so', async () => {
  const { user } = await page([anEvent()], '?author=ada')
  await user.click(await screen.findByRole('button', { name: 'Export matching events' }))
  const json = await screen.findByRole('menuitem', { name: 'Download JSON', hidden: true })
  assert.match(json.getAttribute('href') ?? '', /organizations\/acme\/audit-log\/export\?format=json&q=author%3Aada$/)
})

test('Audit log: without a filter everything is exported', async () => {
  const { user } = await page()
  await user.click(await screen.findByRole('button', { name: 'Export all events' }))
  const csv = await screen.findByRole('menuitem', { name: 'Download CSV', hidden: true })
  assert.match(csv.getAttribute('href') ?? '', /export\?format=csv$/)
})

test('Audit log: exports are listed only where one asks for them', async () => {
  const { user } = await page()
  const shown = await screen.findByRole('switch', { name: 'Show exports' })
  assert.equal(query()?.includeExports, undefined)
  await user.click(shown)
  await waitFor(() => assert.equal(query()?.includeExports, 'true'))
})

test('Verify: an intact log says so with its last hash, and a hash that was noted is looked for', async () => {
  answer(verifyAuditLog, { intact: true, events: 1204, head: hash, firstBreak: null, endProven: true })
  const { user } = await page()
  await user.type(await screen.findByRole('textbox', { name: 'Hash from an earlier check' }), ` ${hash.toUpperCase()} `)
  await user.click(screen.getByRole('button', { name: 'Verify log' }))
  const status = await screen.findByRole('status')
  within(status).getByText('The log is intact')
  within(status).getByText(/1,204 events verified/)
  assert.equal(sent(verifyAuditLog)[0]?.query.contains, hash)
})

test('Verify: a broken log is announced, with the place', async () => {
  const firstBreak = { seq: 7, reason: 'the event was changed.' }
  answer(verifyAuditLog, { intact: false, events: 12, head: null, firstBreak, endProven: false })
  const { user } = await page()
  await user.click(await screen.findByRole('button', { name: 'Verify log' }))
  const alert = await screen.findByRole('alert')
  within(alert).getByText('The log is broken')
  within(alert).getByText('At event 7: the event was changed.')
})

test('Verify: a check that is refused says why', async () => {
  refuse(verifyAuditLog, { status: 429, code: 'TooManyRequests', error: 'Try again in a minute.' })
  const { user } = await page()
  await user.click(await screen.findByRole('button', { name: 'Verify log' }))
  assert.equal((await screen.findByRole('alert')).textContent, 'Try again in a minute.')
})

test('Audit log: who may not see it is told so, and nothing is asked of the server', async () => {
  await page([], '', [])
  screen.getByText('Only admins can view the audit log.')
  assert.equal(sent(searchAuditLog).length, 0)
})
