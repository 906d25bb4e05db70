import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { members, type OrgSettings, organizations } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, textsOf } from '../../../tests/web/look.ts'
import { anAccount, anOrg, someSettings } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Security.tsx'

const { updateSettings } = organizations
type Affected = { count: number; people: { user: string; fullname: string; role: 'no_access' | 'admin' }[] }

interface Given {
  settings?: Partial<OrgSettings>
  may?: string[]
  affected?: Affected
  problems?: { code: string; message: string }[]
  hasTwoFactor?: boolean
}

async function page(given: Given = {}) {
  const { settings = {}, may = ['org.updateSettings'], affected, problems = [], hasTwoFactor = true } = given
  answer(organizations.getOrganization, anOrg({ may: ['org.viewSettings', ...may] }))
  answer(organizations.getSettings, someSettings(settings))
  const byRole = { no_access: 0, read: 2, contributor: 0, write: 0, admin: 2 }
  answer(members.countMembers, { total: 4, byRole, usableAdmins: 2, withoutTwoFactor: 0 })
  answer(updateSettings, ({ query, body }) => ({
    ...someSettings({ ...settings, ...(body as object) }),
    dryRun: query.dryRun === 'true',
    problems,
    affected: affected ?? { count: 0, people: [] },
  }))
  const { user } = await show(<Page />, {
    at: '/organizations/acme/settings/security',
    route: '/organizations/$org/settings/security',
    as: anAccount({ twoFactorEnabled: hasTwoFactor }),
  })
  await screen.findByRole('heading', { level: 1, name: 'Security' })
  return user
}

const real = () => sent(updateSettings).filter(({ query }) => query.dryRun === undefined)
const twoFactor = () => within(screen.getByRole('region', { name: 'Two-factor authentication (2FA)' }))

async function ask(given?: Given) {
  const user = await page(given)
  await user.click(twoFactor().getByRole('button', { name: 'Require 2FA…' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Require 2FA in acme' }))
  const button = () => dialog.getByRole<HTMLButtonElement>('button', { name: 'Require 2FA' })
  return { user, dialog, button }
}

test('Require 2FA: it starts in two weeks unless one says otherwise, and who is affected is named first', async () => {
  const people = [
    { user: 'bea', fullname: 'Bea Ito', role: 'no_access' as const },
    { user: 'cy', fullname: '', role: 'admin' as const },
  ]
  const { user, dialog, button } = await ask({ affected: { count: 1204, people } })
  await dialog.findByText('1,204 members don’t have 2FA and will lose access until they turn it on')
  assert.deepEqual(textsOf('listitem', dialog.getByRole('list', { name: 'Members without 2FA' })), [
    'Bea Ito (no access)',
    'cy (admin)',
    'and 1,202 more',
  ])
  assert.equal(real().length, 0)
  await user.click(button())
  await screen.findByText('2FA is now required.')
  const day = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10)
  assert.deepEqual(real()[0]?.body, { require2fa: true, require2faFrom: `${day}T00:00:00.000Z` })
})

test('Require 2FA: it can start now, or on another day', async () => {
  const { user, dialog, button } = await ask()
  await dialog.findByText('All members already have 2FA. No one loses access.')
  fireEvent.change(dialog.getByLabelText(/^Date \(UTC\)/), { target: { value: '2027-05-01' } })
  await user.click(dialog.getByRole('radio', { name: 'Now' }))
  absent(dialog.queryByLabelText(/^Date \(UTC\)/))
  await user.click(button())
  await screen.findByText('2FA is now required.')
  assert.deepEqual(real()[0]?.body, { require2fa: true, require2faFrom: null })
})

test('Require 2FA: an admin without 2FA would lock themselves out, so they enable it first', async () => {
  const problems = [{ code: 'TwoFactorRequired', message: 'Turn on 2FA first.' }]
  const { dialog, button } = await ask({ problems, hasTwoFactor: false })
  await dialog.findByText(/Your account doesn’t have 2FA/)
  dialog.getByRole('link', { name: 'Turn on 2FA' })
  assert.equal(button().disabled, true)
  assert.equal(real().length, 0)
})

test('Require 2FA: one of several admins without 2FA is warned that they lose access too', async () => {
  const people = [{ user: 'ada', fullname: 'Ada', role: 'admin' as const }]
  const { dialog, button } = await ask({ affected: { count: 1, people }, hasTwoFactor: false })
  await dialog.findByText(/You don’t have 2FA either/)
  dialog.getByRole('link', { name: 'Turn on 2FA' })
  assert.equal(button().disabled, false)
})

test('Require 2FA: what is required from when is said, and it can be ended', async () => {
  const user = await page({ settings: { require2fa: true, require2faFrom: '2099-01-15T12:00:00.000Z' } })
  screen.getByText(/^Required from January 15, 2099\./)
  await user.click(twoFactor().getByRole('button', { name: 'Stop requiring 2FA' }))
  await screen.findByText('2FA is no longer required.')
  assert.deepEqual(real()[0]?.body, { require2fa: false })
})

test('Require 2FA: a start in the past is simply “required”', async () => {
  await page({ settings: { require2fa: true, require2faFrom: '2020-01-15T12:00:00.000Z' } })
  screen.getByText(/^Required\. Members without 2FA/)
})

test('Security: a choice that is refused goes back, and says why', async () => {
  const user = await page()
  refuse(updateSettings, { status: 409, code: 'Conflict', error: 'Another admin changed it a moment ago.' })
  const part = within(screen.getByRole('region', { name: 'Who can see members' }))
  const before = part.getByRole<HTMLInputElement>('radio', { checked: true })
  await user.click(part.getAllByRole('radio').find((radio) => radio !== before) as HTMLElement)
  assert.equal((await part.findByRole('alert')).textContent, 'Another admin changed it a moment ago.')
  await waitFor(() => assert.equal(before.checked, true))
})

test('Security: who may only read sees the answers as text', async () => {
  await page({ may: [] })
  assert.deepEqual(textsOf('radio'), [])
  absent(screen.queryByRole('button', { name: /2FA/ }))
})
