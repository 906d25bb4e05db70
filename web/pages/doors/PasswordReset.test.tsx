import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { users } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, saidAt } from '../../../tests/web/look.ts'
import { anInstance } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './PasswordReset.tsx'

const { requestPasswordReset, resetPassword } = users
const heading = (name: string) => screen.findByRole('heading', { level: 1, name })
const email = () => screen.getByRole('textbox', { name: 'Email address' })

const ask = (over = {}) => show(<Page />, { at: '/password-reset', as: null, over })
const set = () => show(<Page />, { at: '/password-reset#token=secret', as: null })

test('PasswordReset: the answer does not tell whether the address has an account', async () => {
  answer(requestPasswordReset, { success: true })
  const { user } = await ask()
  await user.type(email(), ' ada@example.org {Enter}')
  await heading('Check your email')
  screen.getByText(/^If ada@example\.org is a verified address of an account, we sent a link to it\.$/)
  assert.deepEqual(sent(requestPasswordReset)[0]?.body, { email: 'ada@example.org' })
})

test('PasswordReset: what is no address is refused before it is sent', async () => {
  const { user } = await ask()
  await user.type(email(), 'ada{Enter}')
  await waitFor(() => assert.match(saidAt(email()), /isn’t valid/))
  assert.equal(sent(requestPasswordReset).length, 0)
})

test('PasswordReset: without a mail server nothing is called sent, and a site admin has the link', async () => {
  answer(requestPasswordReset, { success: true })
  const { user } = await ask({ sendsMail: false })
  screen.getByText(/no mail server\. Request a link here, then ask a site admin/)
  await user.type(email(), 'ada@example.org')
  await user.click(screen.getByRole('button', { name: 'Request link' }))
  await heading('Ask a site admin for the link')
  screen.getByText(/its link is ready\.$/)
  absent(screen.queryByText(/we sent/))
})

test('PasswordReset: another address can be tried', async () => {
  answer(requestPasswordReset, { success: true })
  const { user } = await ask()
  await user.type(email(), 'ada@example.org{Enter}')
  await user.click(await screen.findByRole('button', { name: 'Try another address' }))
  await heading('Reset your password')
})

test('PasswordReset: with the link a new password is set, and one is signed out everywhere', async () => {
  answer(resetPassword, { success: true })
  const { user } = await set()
  screen.getByText('This signs you out everywhere.')
  answer(users.instance, anInstance({ account: null }))
  await user.type(screen.getByLabelText(/^New password/), 'another long password{Enter}')
  await heading('Password changed')
  assert.deepEqual(sent(resetPassword)[0]?.body, { token: 'secret', password: 'another long password' })
  screen.getByRole('link', { name: 'Sign in' })
})

test('PasswordReset: a short password is refused before it is sent', async () => {
  const { user } = await set()
  const password = screen.getByLabelText(/^New password/)
  await user.type(password, 'short{Enter}')
  await waitFor(() => assert.match(saidAt(password), /at least 10 characters/))
  assert.equal(sent(resetPassword).length, 0)
})

test('PasswordReset: a link that has expired says so, and offers a new one', async () => {
  const error = 'This link is invalid or has expired. Request a new one.'
  refuse(resetPassword, { status: 404, code: 'NotFound', error })
  const { user } = await set()
  absent(screen.queryByRole('link', { name: 'Request a new link' }))
  await user.type(screen.getByLabelText(/^New password/), 'another long password{Enter}')
  assert.equal((await screen.findByRole('alert')).textContent, error)
  assert.equal(screen.getByRole('link', { name: 'Request a new link' }).getAttribute('href'), '/password-reset')
})
