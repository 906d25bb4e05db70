import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, within } from '@testing-library/react'
import { users } from '../../api/index.ts'
import { viewport } from '../../tests/web/dom.ts'
import { answer } from '../../tests/web/hub.ts'
import { absent, textsOf } from '../../tests/web/look.ts'
import { anAccount } from '../../tests/web/samples.ts'
import { show } from '../../tests/web/show.tsx'
import { accountSections, operatorSections, organizationSections } from '../sections.ts'
import { SettingsLayout } from './SettingsLayout.tsx'

type Layout = Parameters<typeof SettingsLayout>[0]
const base = '/organizations/acme/settings'
const acme = { kind: 'organization', name: 'acme' } as const

async function layout(over: Partial<Layout> = {}, at = `${base}/profile`, as = anAccount()) {
  answer(users.listMyOrganizations, { organizations: [], restorable: [] })
  const props = { context: acme, groups: organizationSections, ...over }
  const route = at.replace('/acme/', '/$org/')
  const { user } = await show(<SettingsLayout {...props} />, { at, as, route })
  return user
}

const column = () => screen.getByRole('navigation', { name: 'Settings' })
const every = organizationSections.flatMap(({ sections }) => sections)

test('SettingsLayout: sections are links, and the one that is open says so', async () => {
  await layout()
  assert.deepEqual(
    textsOf('link', column()),
    every.map(({ label }) => label),
  )
  const here = within(column()).getByRole('link', { current: 'page' })
  assert.equal(here.textContent, 'Profile')
  assert.equal(here.getAttribute('href'), `${base}/profile`)
})

test('SettingsLayout: what a person may not use is not listed, and groups without sections neither', async () => {
  await layout({ may: ['member.summary'] })
  assert.deepEqual(textsOf('link', column()), ['Profile', 'Members'])
  absent(within(column()).queryByText('Insight'))
})

test('SettingsLayout: the page that is open stays listed, so that an address someone sent shows where it is', async () => {
  await layout({ may: [] }, `${base}/audit-log`)
  within(column()).getByRole('link', { name: 'Audit log', current: 'page' })
})

test('SettingsLayout: a page below a section belongs to it, one that only begins alike does not', async () => {
  await layout({}, `${base}/members/import`)
  within(column()).getByRole('link', { name: 'Members', current: 'page' })
  assert.equal(within(column()).getAllByRole('link', { current: 'page' }).length, 1)
})

test('SettingsLayout: what is pending is counted beside its section, and nothing where there is none', async () => {
  await layout({ counts: { requests: 12, invitations: 0 } })
  within(within(column()).getByRole('link', { name: /Requests to join/ })).getByLabelText('12 pending')
  absent(within(within(column()).getByRole('link', { name: /Invitations/ })).queryByLabelText(/pending/))
})

test('SettingsLayout: on a narrow screen the column is a menu that says where one is', async () => {
  viewport.width = 400
  await layout({ may: ['member.summary'] }, `${base}/members`)
  absent(screen.queryByRole('navigation', { name: 'Settings' }))
  const menu = screen.getByText('Members').closest('button')
  assert.equal(menu?.getAttribute('aria-haspopup'), 'menu')
})

test('SettingsLayout: one switches to own settings, and to those of the instance only as its admin', async () => {
  const user = await layout({ context: { kind: 'you' }, groups: accountSections }, '/settings/profile')
  await user.click(screen.getByRole('button', { name: 'Settings of ada. Switch context' }))
  const items = await screen.findAllByRole('menuitem', { hidden: true })
  assert.deepEqual(
    items.map(({ textContent }) => textContent),
    ['ada'],
  )
})

test('SettingsLayout: a site admin can switch to the instance', async () => {
  const admin = anAccount({ isOperator: true })
  const props = { context: { kind: 'operator' as const }, groups: operatorSections }
  const user = await layout(props, '/operator/health', admin)
  await user.click(screen.getByRole('button', { name: 'Settings of Site admin. Switch context' }))
  await screen.findByRole('menuitem', { name: 'Site admin', hidden: true })
})

test('sections: no two have the same path or name, and each has an icon', () => {
  for (const groups of [organizationSections, accountSections, operatorSections]) {
    const sections = groups.flatMap(({ sections }) => sections)
    for (const key of ['to', 'label'] as const)
      assert.equal(new Set(sections.map((section) => section[key])).size, sections.length)
    assert.ok(sections.every(({ icon }) => icon !== undefined))
  }
})
