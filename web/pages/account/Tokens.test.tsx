import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { tokens } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, findOption, textsOf } from '../../../tests/web/look.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Tokens.tsx'
import type { Token } from './tokens/expiry.ts'

const { listTokens, createToken, updateToken, deleteToken, rotateToken } = tokens
const dayMs = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString()

function aToken(over: Partial<Token> = {}): Token {
  return {
    id: '0b'.repeat(12),
    name: 'Laptop',
    role: 'read',
    last4: 'wxyz',
    createdAt: inDays(-10),
    expiresAt: null,
    lastUsedAt: null,
    organizations: [],
    ...over,
  }
}

async function page(list: Token[] = [aToken()]) {
  answer(listTokens, list)
  const { user } = await show(<Page />)
  await screen.findByRole('heading', { level: 1, name: 'Access tokens' })
  return user
}

type User = Awaited<ReturnType<typeof page>>

async function choose(user: User, deed: string, name = 'Laptop') {
  await user.click(screen.getByRole('button', { name: `More for ${name}` }))
  await user.click(await screen.findByRole('menuitem', { name: deed, hidden: true }))
}

test('Tokens: without one the page says what they are for, with one button', async () => {
  await page([])
  screen.getByText('No access tokens')
  screen.getByText(/A token never has more access than you do/)
  assert.deepEqual(textsOf('button'), ['New token'])
})

test('Tokens: the list never shows a secret, and says which expire', async () => {
  await page([
    aToken({ lastUsedAt: inDays(-1) }),
    aToken({ id: '0c'.repeat(12), name: 'Old', expiresAt: inDays(-2) }),
    aToken({ id: '0d'.repeat(12), name: 'Soon', expiresAt: inDays(13) }),
    aToken({ id: '0e'.repeat(12), name: 'Later', expiresAt: inDays(15), role: 'write' }),
  ])
  screen.getByText(/^4 tokens · 1 expiring soon · 1 expired\. Anyone who has one of your tokens can act as you\./)
  const rows = screen.getAllByRole('row').slice(1)
  const expires = rows.map((row) => within(row).getAllByRole('cell')[4]?.textContent)
  assert.equal(expires[0], 'never')
  assert.equal(expires[1], 'expired 2 days ago')
  assert.equal(expires[2], 'in 2 weeks')
  assert.match(expires[3] ?? '', /^\w+ \d+, \d{4}$/)
  within(rows[0] as HTMLElement).getByText('hf_…wxyz')
  within(rows[0] as HTMLElement).getByText('yesterday')
})

test('Tokens: a new one is read only and for 90 days unless one says otherwise, and shown once', async () => {
  answer(createToken, { ...aToken(), token: 'hf_secret' })
  const user = await page([])
  await user.click(screen.getByRole('button', { name: 'New token' }))
  const form = within(await screen.findByRole('form', { name: 'New access token' }))
  assert.equal(form.getByRole<HTMLInputElement>('radio', { name: 'Read' }).checked, true)
  await user.type(form.getByRole('textbox', { name: 'Name' }), ' Laptop {Enter}')
  await screen.findByText('Copy this token now. You won’t be able to see it again.')
  assert.equal(screen.getByRole<HTMLInputElement>('textbox', { name: 'Access token' }).value, 'hf_secret')
  const body = sent(createToken)[0]?.body
  assert.equal(body?.name, 'Laptop')
  assert.equal(body?.role, 'read')
  const days = (Date.parse(String(body?.expiresAt)) - Date.now()) / dayMs
  assert.ok(days > 89.9 && days <= 90, String(days))
})

test('Tokens: what is shown only once is not lost to Escape', async () => {
  answer(createToken, { ...aToken(), token: 'hf_secret' })
  const user = await page([])
  await user.click(screen.getByRole('button', { name: 'New token' }))
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'Laptop{Enter}')
  await screen.findByRole('textbox', { name: 'Access token' })
  await user.keyboard('{Escape}')
  await user.click(screen.getByRole('button', { name: 'Done' }))
  await waitFor(() => absent(screen.queryByRole('dialog')))
})

test('Tokens: one without expiration that can write is asked for in words', async () => {
  answer(createToken, { ...aToken(), token: 'hf_secret' })
  const user = await page([])
  await user.click(screen.getByRole('button', { name: 'New token' }))
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'Training')
  await user.click(screen.getByRole('radio', { name: 'Write' }))
  await user.click(screen.getByRole('combobox', { name: 'Expiration' }))
  await user.click(await findOption('No expiration'))
  await user.click(screen.getByRole('button', { name: 'Create token' }))
  await waitFor(() =>
    assert.deepEqual(sent(createToken)[0]?.body, { name: 'Training', role: 'write', expiresAt: null }),
  )
})

test('Tokens: a name is required', async () => {
  const user = await page([])
  await user.click(screen.getByRole('button', { name: 'New token' }))
  await screen.findByRole('form', { name: 'New access token' })
  await user.click(screen.getByRole('button', { name: 'Create token' }))
  await screen.findByText('Name is required.')
  assert.equal(sent(createToken).length, 0)
})

test('Tokens: deleting says when it was last used, and that it cannot be undone', async () => {
  answer(deleteToken, { success: true })
  const user = await page([aToken({ lastUsedAt: inDays(-1) })])
  await choose(user, 'Delete…')
  const dialog = within(await screen.findByRole('dialog', { name: 'Delete Laptop' }))
  dialog.getByText(/Last used/)
  dialog.getByText(/loses access immediately\. This can’t be undone\./)
  assert.equal(sent(deleteToken).length, 0)
  await user.click(dialog.getByRole('button', { name: 'Delete Laptop' }))
  await screen.findByText('Token Laptop deleted.')
})

test('Tokens: rotating asks first, and shows the new secret once', async () => {
  answer(rotateToken, { ...aToken(), token: 'hf_next' })
  const user = await page()
  await choose(user, 'Rotate…')
  const dialog = within(await screen.findByRole('dialog', { name: 'Rotate Laptop' }))
  dialog.getByText('Never used.')
  dialog.getByText(/The old one stops working immediately/)
  await user.click(dialog.getByRole('button', { name: 'Rotate Laptop' }))
  const secret = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Access token' })
  assert.equal(secret.value, 'hf_next')
})

test('Tokens: renaming keeps the dialog open where the server refuses', async () => {
  const fields = [{ field: 'name', message: 'must not contain control characters' }]
  refuse(updateToken, { status: 422, code: 'BadRequest', error: 'Wrong.', fields })
  const user = await page()
  await choose(user, 'Rename…')
  const name = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Name' })
  assert.equal(name.value, 'Laptop')
  await user.clear(name)
  await user.type(name, 'Desktop{Enter}')
  await screen.findByText('Name must not contain control characters.')
  answer(updateToken, aToken({ name: 'Desktop' }))
  await user.type(name, '{Enter}')
  await screen.findByText('Token renamed to Desktop.')
})
