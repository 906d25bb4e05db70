import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { type ReplyOf, sso, users } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, hasFocus, saidAt, textsOf } from '../../../tests/web/look.ts'
import { aMembership, anAccount } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Authentication.tsx'

type Session = ReplyOf<typeof users.listSessions>[number]
const time = '2026-03-04T10:12:33.000Z'
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0'
const edge = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0'

function aSession(over: Partial<Session> = {}): Session {
  return {
    id: '0f'.repeat(12),
    current: false,
    createdAt: time,
    lastSeenAt: time,
    expiresAt: time,
    ip: '192.0.2.1',
    userAgent: firefox,
    ...over,
  }
}

interface Given {
  on?: boolean
  left?: number
  sessions?: Session[]
  blocked?: string[]
  identities?: ReplyOf<typeof sso.listMySso>
  as?: users.Account
}

async function page(given: Given = {}) {
  const { on = false, left = 10, sessions = [aSession({ current: true })], blocked = [], identities = [], as } = given
  answer(users.getTwoFactor, { enabled: on, enabledAt: on ? time : null, recoveryCodesLeft: left })
  answer(users.listSessions, sessions)
  answer(sso.listMySso, identities)
  answer(users.listMyOrganizations, {
    organizations: blocked.map((name) => aMembership({ name, blockedBy: ['mfa'] })),
    restorable: [],
  })
  const { user } = await show(<Page />, { ...(as && { as }) })
  await screen.findByRole('heading', { level: 1, name: 'Authentication' })
  return user
}

const factor = () => within(screen.getByRole('region', { name: 'Two-factor authentication (2FA)' }))
const codes = ['aaaa-1111', 'bbbb-2222']

async function scan(user: Awaited<ReturnType<typeof page>>) {
  answer(users.beginTwoFactor, { secret: 'JBSWY3DP', uri: 'otpauth://totp/hub?secret=JBSWY3DP' })
  await user.click(factor().getByRole('button', { name: 'Turn on 2FA' }))
  return screen.findByRole<HTMLInputElement>('textbox', { name: 'Authentication code' })
}

test('2FA: it is on only after a first code, and the recovery codes are shown before anything else', async () => {
  const user = await page()
  const code = await scan(user)
  hasFocus(code)
  assert.equal(screen.getByRole<HTMLInputElement>('textbox', { name: 'Secret' }).value, 'JBSWY3DP')
  await screen.findByRole('img', { name: 'QR code for your authenticator app' })
  answer(users.confirmTwoFactor, { recoveryCodes: codes })
  answer(users.getTwoFactor, { enabled: true, enabledAt: time, recoveryCodesLeft: 2 })
  await user.type(code, ' 123456 {Enter}')
  const heading = await screen.findByRole('heading', { name: '2FA is on. Save your recovery codes.' })
  hasFocus(heading)
  assert.deepEqual(sent(users.confirmTwoFactor)[0]?.body, { code: '123456' })
  assert.deepEqual(textsOf('listitem', screen.getByRole('list', { name: 'Recovery codes' })), codes)
  await user.click(screen.getByRole('button', { name: 'I saved them' }))
  absent(screen.queryByText('aaaa-1111'))
})

test('a managed account has neither a password nor 2FA of its own', async () => {
  await page({ as: anAccount({ managedBy: 'acme' }) })
  screen.getByText(
    /^acme manages your account, so you sign in with its identity provider\. You have 1 active session\.$/,
  )
  screen.getByRole('region', { name: 'Sessions' })
  absent(screen.queryByRole('region', { name: 'Password' }))
  absent(screen.queryByRole('region', { name: 'Two-factor authentication (2FA)' }))
})

test('2FA: a wrong code is said at the field, and the QR code stays', async () => {
  const user = await page()
  const code = await scan(user)
  const fields = [{ field: 'code', message: 'is not correct' }]
  refuse(users.confirmTwoFactor, { status: 422, code: 'BadRequest', error: 'Wrong.', fields })
  await user.type(code, '000000{Enter}')
  await waitFor(() => assert.match(saidAt(code), /Authentication code is not correct\./))
  screen.getByRole('textbox', { name: 'Secret' })
})

test('2FA: setting it up can be given up', async () => {
  const user = await page()
  await scan(user)
  await user.click(screen.getByRole('button', { name: 'Cancel' }))
  factor().getByRole('button', { name: 'Turn on 2FA' })
  assert.equal(sent(users.confirmTwoFactor).length, 0)
})

test('2FA: the organizations that wait for it are named', async () => {
  await page({ blocked: ['acme', 'summit'] })
  await screen.findByText('Turn on 2FA to regain access to acme and summit.')
})

test('2FA: few recovery codes left is said', async () => {
  await page({ on: true, left: 3 })
  assert.match(factor().getByText(/^On since/).textContent ?? '', /with 3 recovery codes left\. Regenerate them/)
})

test('2FA: with enough recovery codes there is no warning', async () => {
  await page({ on: true, left: 4 })
  assert.match(factor().getByText(/^On since/).textContent ?? '', /with 4 recovery codes left\.$/)
})

test('2FA: new recovery codes are made after a question, since the old ones end', async () => {
  answer(users.renewRecoveryCodes, { recoveryCodes: codes })
  const user = await page({ on: true })
  await user.click(screen.getByRole('button', { name: 'Regenerate recovery codes' }))
  await screen.findByText('Your current recovery codes stop working.')
  assert.equal(sent(users.renewRecoveryCodes).length, 0)
  await user.click(screen.getByRole('button', { name: 'Regenerate codes' }))
  await screen.findByRole('heading', { name: 'Save your new recovery codes.' })
})

test('2FA: the last admin cannot turn it off, and is led to the members of each organization', async () => {
  const error = 'acme would have no active admin.'
  refuse(users.disableTwoFactor, { status: 409, code: 'LastAdmin', error, organizations: ['acme'] })
  const user = await page({ on: true })
  await user.click(screen.getByRole('button', { name: 'Turn off 2FA…' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Turn off 2FA' }))
  await user.click(dialog.getByRole('button', { name: 'Turn off 2FA' }))
  assert.match((await dialog.findByRole('alert')).textContent ?? '', /acme would have no active admin/)
  dialog.getByRole('link', { name: 'acme' })
})

test('Password: changing it empties the form, and says what else happened', async () => {
  answer(users.updateAccount, () => ({
    id: '01'.repeat(12),
    name: 'ada',
    fullname: '',
    details: '',
    avatarUrl: '',
    email: null,
    emailVerified: true,
    twoFactorEnabled: false,
    isOperator: false,
    managedBy: null,
    createdAt: time,
  }))
  const user = await page()
  const current = screen.getByLabelText<HTMLInputElement>(/^Current password/)
  await user.type(current, 'my long password')
  await user.type(screen.getByLabelText(/^New password/), 'another long password{Enter}')
  await screen.findByText('Password changed. You’re signed out of all other sessions.')
  assert.equal(current.value, '')
})

test('Password: one that is too short is refused before it is sent', async () => {
  const user = await page()
  await user.type(screen.getByLabelText(/^Current password/), 'my long password')
  const next = screen.getByLabelText(/^New password/)
  await user.type(next, 'short{Enter}')
  await waitFor(() => assert.match(saidAt(next), /at least 10 characters/))
  assert.equal(sent(users.updateAccount).length, 0)
})

test('Sessions: this one is marked and cannot be ended here, the others can', async () => {
  answer(users.endSession, { success: true })
  answer(users.endOtherSessions, { ended: 2 })
  const other = aSession({ id: '1a'.repeat(12), userAgent: edge })
  const unknown = aSession({ id: '1b'.repeat(12), userAgent: null, ip: null })
  const user = await page({ sessions: [aSession({ current: true }), other, unknown] })
  screen.getByText('2FA is off. You have 3 active sessions.')
  const rows = screen.getAllByRole('row').slice(1)
  assert.match(rows[0]?.textContent ?? '', /^Firefox on Linuxthis session192\.0\.2\.1/)
  absent(within(rows[0] as HTMLElement).queryByRole('button'))
  assert.match(rows[2]?.textContent ?? '', /^Unknown programunknown/)
  await user.click(screen.getByRole('button', { name: 'Sign out Edge on Windows' }))
  await screen.findByText('Signed out of Edge on Windows.')
  await user.click(screen.getByRole('button', { name: 'Sign out 2 other sessions' }))
  await screen.findByText('Signed out of 2 sessions.')
})

test('Sessions: alone there is nothing to end', async () => {
  await page()
  absent(screen.queryByRole('button', { name: /^Sign out/ }))
})

test('SSO: the identities are listed, and signing out ends the sessions of the organization', async () => {
  const identity = { subject: 's-1', linkedAt: time, lastUsedAt: time }
  const user = await page({
    identities: [
      { ...identity, organization: 'acme', email: 'ada@example.org', sessionUntil: time, sessions: 2 },
      { ...identity, organization: 'lab', email: null, sessionUntil: null, sessions: 0 },
    ],
  })
  const table = within(screen.getByRole('region', { name: 'Single sign-on (SSO)' }))
  assert.ok(table.getByText('ada@example.org') && table.getByText('s-1') && table.getByText('None'))
  assert.equal(table.getAllByRole('button').length, 1)
  answer(sso.signOutOfSso, { ended: 2 })
  await user.click(table.getByRole('button', { name: 'Sign out of SSO in acme' }))
  await waitFor(() => assert.equal(sent(sso.signOutOfSso).length, 1))
})
