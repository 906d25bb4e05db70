import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { emails, users } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, textsOf } from '../../../tests/web/look.ts'
import { anAccount, anInstance } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './VerifyEmail.tsx'

const { viewClaim, verifyEmail, rejectClaim } = emails
const at = '/verify-email#token=secret'
const heading = (name: string) => screen.findByRole('heading', { level: 1, name })
const press = (name: string) => screen.findByRole('button', { name })

function claim(over: object = {}): void {
  answer(viewClaim, { email: 'ada@acme.example', username: 'ada', isYours: true, organizations: [], ...over })
}

test('VerifyEmail: opening the link verifies nothing: mail scanners open links, but press nothing', async () => {
  claim()
  await show(<Page />, { at })
  await heading('Verify your email address')
  screen.getByText('Confirm that ada@acme.example belongs to your account ada.')
  assert.equal(sent(verifyEmail).length, 0)
})

test('VerifyEmail: what the address opens is said before it is verified', async () => {
  claim({
    organizations: [
      { name: 'acme', fullname: 'Acme', approvalRequired: true },
      { name: 'summit', fullname: '', approvalRequired: false },
    ],
  })
  await show(<Page />, { at })
  await screen.findByText('With this address, ada can join:')
  assert.deepEqual(textsOf('listitem'), ['Acme (approval required)', 'summit'])
})

test('VerifyEmail: the button verifies it', async () => {
  claim()
  answer(verifyEmail, { success: true, email: 'ada@acme.example', username: 'ada' })
  const { user } = await show(<Page />, { at })
  await user.click(await press('Verify email address'))
  await heading('Email address verified')
  assert.deepEqual(sent(verifyEmail)[0]?.body, { token: 'secret' })
  assert.equal(screen.getByRole('link', { name: 'Go to home page' }).getAttribute('href'), '/')
})

test('VerifyEmail: who signed up by an invitation goes on to it', async () => {
  claim()
  answer(verifyEmail, { success: true, email: 'ada@acme.example', username: 'ada' })
  const next = encodeURIComponent('/join#token=another-secret')
  const { user } = await show(<Page />, { at: `${at}&next=${next}` })
  await user.click(await press('Verify email address'))
  await screen.findByRole('link', { name: 'Continue to the invitation' })
})

test('VerifyEmail: the link leads to no other site', async () => {
  claim()
  answer(verifyEmail, { success: true, email: 'ada@acme.example', username: 'ada' })
  const { user } = await show(<Page />, { at: `${at}&next=${encodeURIComponent('https://evil.example/join#token=x')}` })
  await user.click(await press('Verify email address'))
  assert.equal((await screen.findByRole('link', { name: 'Go to home page' })).getAttribute('href'), '/')
})

test('VerifyEmail: a claim by another person is rejected by the reader of the mail, signed in or not', async () => {
  claim({ isYours: false })
  answer(rejectClaim, { success: true })
  const { user } = await show(<Page />, { at, as: null })
  await user.click(await press('This wasn’t me'))
  await heading('Email address removed')
  screen.getByText('ada@acme.example was removed from the account ada.')
  assert.deepEqual(sent(rejectClaim)[0]?.body, { token: 'secret' })
})

test('VerifyEmail: a visitor signs in as the account that asked', async () => {
  claim({ isYours: false })
  await show(<Page />, { at, as: null })
  await screen.findByRole('link', { name: 'Sign in as ada' })
  absent(screen.queryByRole('button', { name: 'Verify email address' }))
})

test('VerifyEmail: who is signed in as another signs out first', async () => {
  claim({ isYours: false })
  answer(users.signOut, { success: true })
  const { user } = await show(<Page />, { at, as: anAccount({ name: 'grace' }) })
  const out = await press('Sign out of grace')
  answer(users.instance, anInstance({ account: null }))
  await user.click(out)
  await waitFor(() => assert.equal(sent(users.signOut).length, 1))
  await screen.findByRole('link', { name: 'Sign in as ada' })
})

test('VerifyEmail: a link that does not work says so, and leads to the addresses', async () => {
  refuse(viewClaim, { status: 404, code: 'NotFound', error: 'This link is invalid or has expired.' })
  await show(<Page />, { at })
  await screen.findByText('This link doesn’t work')
  screen.getByText('This link is invalid or has expired.')
  screen.getByRole('link', { name: 'View your email addresses' })
})

test('VerifyEmail: half a link says what to do', async () => {
  await show(<Page />, { at: '/verify-email' })
  await screen.findByText(/This link is incomplete/)
})
