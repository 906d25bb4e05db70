import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { oauth, type ReplyOf, users } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, textsOf } from '../../../tests/web/look.ts'
import { anAccount } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Device.tsx'

const { viewDevice, approveDevice, denyDevice } = oauth
const at = '/device?code=WDJBM-JHTQX'
const heading = (name: string) => screen.findByRole('heading', { level: 1, name })
const soon = new Date(Date.now() + 600_000).toISOString()

function waiting(over: Partial<ReplyOf<typeof viewDevice>> = {}): void {
  const now = new Date().toISOString()
  const asks = { code: 'WDJBM-JHTQX', program: 'hf CLI', ip: '203.0.113.7', isOtherNetwork: false }
  answer(viewDevice, { ...asks, createdAt: now, expiresAt: soon, ...over })
  answer(users.listMyOrganizations, { organizations: [], restorable: [] } as never)
}

const token = {
  id: '0b'.repeat(12),
  name: 'hf CLI',
  role: 'write' as const,
  last4: 'wxyz',
  createdAt: soon,
  expiresAt: soon,
  lastUsedAt: null,
  organizations: [],
}

test('Device: signed-out visitors sign in first', async () => {
  const { address } = await show(<Page />, { at, route: '/device', as: null })
  await waitFor(() => assert.match(address(), /^\/login/))
})

test('Device: says who asks, from where, what it reaches, and to continue only if you started it', async () => {
  waiting({ isOtherNetwork: true })
  await show(<Page />, { at })
  await heading('Authorize hf CLI')
  screen.getByText('hf CLI wants to sign in as ada.')
  screen.getByText('Only continue if you started this sign-in yourself.')
  for (const words of ['WDJBM-JHTQX', '203.0.113.7', 'just now', 'Different from your current network'])
    screen.getByText(words)
  screen.getByText('It can access your own repositories.')
  assert.deepEqual(textsOf('button'), ['Approve', 'Deny'])
  assert.equal(sent(approveDevice).length, 0)
})

test('Device: approves with a name and what it can do, and asks for the used code no more', async () => {
  waiting()
  answer(approveDevice, token)
  const { user } = await show(<Page />, { at })
  await heading('Authorize hf CLI')
  await user.click(screen.getByRole('radio', { name: 'Read' }))
  const name = screen.getByRole('textbox', { name: 'Token name' })
  await user.type(name, ' on laptop')
  await user.click(screen.getByRole('button', { name: 'Approve' }))
  await heading('hf CLI is signed in')
  assert.deepEqual(sent(approveDevice)[0]?.body, { name: 'hf CLI on laptop', role: 'read' })
  assert.equal(sent(viewDevice).length, 1)
})

test('Device: denies', async () => {
  waiting()
  answer(denyDevice, { success: true })
  const { user } = await show(<Page />, { at })
  await user.click(await screen.findByRole('button', { name: 'Deny' }))
  await heading('Sign-in denied')
  assert.equal(sent(denyDevice).length, 1)
})

test('Device: an unverified account is told so, and can only deny', async () => {
  waiting()
  await show(<Page />, { at, as: anAccount({ emailVerified: false }) })
  await screen.findByText(/^Verify your email address before you approve sign-ins/)
  absent(screen.queryByRole('button', { name: 'Approve' }))
  screen.getByRole('button', { name: 'Deny' })
})

test('Device: a wrong code can be entered again', async () => {
  refuse(viewDevice, { status: 404, code: '', error: 'This code is invalid.' })
  const { user, address } = await show(<Page />, { at: '/device' })
  await user.type(await screen.findByRole('textbox', { name: 'Code' }), 'wrong{Enter}')
  await screen.findByText('This code is invalid.')
  waiting()
  await user.type(screen.getByRole('textbox', { name: 'Code' }), 'wdjbm jhtqx{Enter}')
  await heading('Authorize hf CLI')
  assert.equal(address(), '/device?code=wdjbm+jhtqx')
})
