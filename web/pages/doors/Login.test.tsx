import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { users } from '../../../api/index.ts'
import { answer, given, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, hasFocus, saidAt } from '../../../tests/web/look.ts'
import { anAccount, anInstance } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Login.tsx'

const { signIn, instance } = users
const name = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Username or email address' })
const password = () => screen.getByLabelText<HTMLInputElement>(/^Password/)
const press = (label = 'Sign in') => screen.getByRole('button', { name: label })
const heading = (title: string) => screen.findByRole('heading', { level: 1, name: title })

const door = (at = '/login', over = {}) => show(<Page />, { at, as: null, over })

async function enter(at?: string) {
  const shown = await door(at)
  await shown.user.type(name(), ' ada ')
  await shown.user.type(password(), 'my long password')
  return shown
}

test('Login: the name has the focus, and browsers know what belongs into each field', async () => {
  await door()
  hasFocus(name())
  assert.equal(name().autocomplete, 'username')
  assert.equal(password().autocomplete, 'current-password')
})

test('Login: without a password nothing is sent, and the field says so', async () => {
  const { user } = await door()
  await user.type(name(), 'ada{Enter}')
  assert.match(saidAt(password()), /Password is required\./)
  assert.equal(sent(signIn).length, 0)
})

test('Login: says in words where an address leads that says nothing', async () => {
  await enter('/login#next=%2Fsso%2Facme')
  await screen.findByText('Sign in to continue with single sign-on for acme.')
})

test('Login: signing in leads to where one wanted to go, with spaces around the name forgiven', async () => {
  const { user, address } = await enter('/login#next=%2Facme%2Fwhisper%3Ftab%3Dfiles')
  await screen.findByText('Sign in to continue to /acme/whisper.')
  answer(signIn, anAccount())
  answer(instance, anInstance())
  await user.click(press())
  await waitFor(() => assert.equal(address(), '/acme/whisper?tab=files'))
  assert.deepEqual(sent(signIn)[0]?.body, { username: 'ada', password: 'my long password' })
})

for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '/login', 'javascript:alert(1)']) {
  test(`Login: an address that asks to go on to ${next} leads to the first page`, async () => {
    const { user, address } = await enter(`/login#next=${encodeURIComponent(next)}`)
    assert.equal(screen.queryByText(/Sign in to continue/), null)
    answer(signIn, anAccount())
    answer(instance, anInstance())
    await user.click(press())
    await waitFor(() => assert.equal(address(), '/'))
  })
}

test('Login: a wrong password is announced, and both fields keep what was typed', async () => {
  refuse(signIn, { status: 401, code: 'BadCredentials', error: 'Wrong username or password.' })
  const { user } = await enter('/login')
  await user.click(press())
  const alert = await screen.findByRole('alert')
  assert.match(alert.textContent ?? '', /Wrong username or password|session has ended/)
  assert.equal(name().value, ' ada ')
  assert.equal(password().value, 'my long password')
})

function wantsCode(): void {
  given(signIn, ({ body }) => {
    const { code } = body as { code?: string }
    if (code === '123456') return Response.json(anAccount())
    const [error, kind] =
      code === undefined ? ['Enter a code.', 'TwoFactorCodeRequired'] : ['This code isn’t correct.', 'BadCredentials']
    return Response.json({ error }, { status: 401, headers: { 'x-error-code': kind } })
  })
}

test('Login: with 2FA on a code is asked for next, without calling the password wrong', async () => {
  wantsCode()
  const { user, address } = await enter('/login')
  await user.click(press())
  await heading('Two-factor authentication')
  screen.getByText('Enter an authentication code to sign in as ada.')
  absent(screen.queryByRole('alert'))
  const code = screen.getByRole<HTMLInputElement>('textbox', { name: 'Authentication code' })
  assert.equal(code.autocomplete, 'one-time-code')
  assert.equal(code.inputMode, 'numeric')
  await user.type(code, '111111{Enter}')
  await waitFor(() => assert.match(saidAt(code), /This code isn’t correct\./))
  answer(instance, anInstance())
  await user.clear(code)
  await user.type(code, ' 123456 {Enter}')
  await waitFor(() => assert.equal(address(), '/'))
})

test('Login: a recovery code works instead, and what was typed for the other is not sent with it', async () => {
  wantsCode()
  const { user } = await enter('/login')
  await user.click(press())
  await user.type(await screen.findByRole('textbox', { name: 'Authentication code' }), '11')
  await user.click(press('Use a recovery code'))
  const code = screen.getByRole<HTMLInputElement>('textbox', { name: 'Recovery code' })
  assert.equal(code.value, '')
  assert.match(saidAt(code), /Each works once/)
  await user.click(press('Use your authenticator app'))
  screen.getByRole('textbox', { name: 'Authentication code' })
})

test('Login: one can go back from the code to another account', async () => {
  wantsCode()
  const { user } = await enter('/login')
  await user.click(press())
  await heading('Two-factor authentication')
  await user.click(press('Back'))
  await heading('Sign in')
  absent(screen.queryByRole('alert'))
})

test('Login: who is signed in already goes on at once', async () => {
  const { address } = await show(<Page />, { at: '/login#next=%2Facme' })
  await waitFor(() => assert.equal(address(), '/acme'))
})

test('Login: sign-up is offered only where it is open', async () => {
  await door('/login', { signUp: 'invited' })
  absent(screen.queryByRole('link', { name: 'Sign up' }))
})

test('Login: sign-up keeps where one wanted to go', async () => {
  await door('/login#next=%2Facme')
  assert.equal(screen.getByRole('link', { name: 'Sign up' }).getAttribute('href'), '/signup#next=%2Facme')
})

test('Login: the demo offers its accounts, one click each', async () => {
  const people = [{ username: 'grace', fullname: 'Grace Hopper', about: 'Admin of acme.' }]
  const { user, address } = await door('/login', { demo: { password: 'the demo password', people } })
  screen.getByText(/Anyone who can reach this page can use them/)
  answer(signIn, anAccount({ name: 'grace' }))
  answer(instance, anInstance())
  await user.click(screen.getByRole('button', { name: /^Grace Hopper/ }))
  await waitFor(() => assert.equal(address(), '/'))
  assert.deepEqual(sent(signIn)[0]?.body, { username: 'grace', password: 'the demo password' })
})
