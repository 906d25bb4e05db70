import assert from 'node:assert/strict'
import { test } from 'node:test'
import { act, screen, waitFor } from '@testing-library/react'
import { tokens, users } from '../../api/index.ts'
import { answer, given, refuse, sent } from '../../tests/web/hub.ts'
import { absent, hasFocus, saidAt } from '../../tests/web/look.ts'
import { anAccount } from '../../tests/web/samples.ts'
import { show } from '../../tests/web/show.tsx'
import { client } from '../hub.ts'
import { ConfirmItsYou } from './ConfirmItsYou.tsx'

const { confirmSession, endOtherSessions } = users
const password = () => screen.getByLabelText<HTMLInputElement>(/^Password for ada/)
const stale = { status: 403, code: 'RecentSignInRequired', error: 'Confirm your password first.' }

// What takes a recent sign-in is refused until it was confirmed.
function guarded(): void {
  given(endOtherSessions, () =>
    sent(confirmSession).length === 0
      ? Response.json({ error: stale.error }, { status: 403, headers: { 'x-error-code': stale.code } })
      : Response.json({ ended: 2 }),
  )
}

async function begin(account = anAccount()) {
  guarded()
  const { user } = await show(<ConfirmItsYou />, { as: account })
  absent(screen.queryByRole('dialog'))
  let call: Promise<unknown> = Promise.resolve()
  await act(async () => {
    call = client.call(endOtherSessions).catch((error: Error) => error.message)
  })
  await screen.findByRole('dialog', { name: 'Confirm it’s you' })
  return { user, call }
}

test('ConfirmItsYou: after the password the request goes through, as if nothing had been in the way', async () => {
  answer(confirmSession, { success: true })
  const { user, call } = await begin()
  await waitFor(() => hasFocus(password()))
  await user.type(password(), 'my long password{Enter}')
  assert.deepEqual(await call, { ended: 2 })
  assert.deepEqual(sent(confirmSession)[0]?.body, { password: 'my long password' })
  await waitFor(() => absent(screen.queryByRole('dialog')))
})

test('ConfirmItsYou: a wrong password is said at the field, and the request waits on', async () => {
  const fields = [{ field: 'password', message: 'is not correct' }]
  refuse(confirmSession, { status: 422, code: 'BadRequest', error: 'Wrong.', fields })
  const { user, call } = await begin()
  await user.type(password(), 'a wrong password{Enter}')
  await waitFor(() => assert.match(saidAt(password()), /Password for ada is not correct\./))
  assert.equal(sent(endOtherSessions).length, 1)
  await user.click(screen.getByRole('button', { name: 'Cancel' }))
  assert.equal(await call, stale.error)
})

test('ConfirmItsYou: who has 2FA on is asked for a code as well', async () => {
  answer(confirmSession, { success: true })
  const { user, call } = await begin(anAccount({ twoFactorEnabled: true }))
  await user.type(password(), 'my long password')
  const code = screen.getByLabelText<HTMLInputElement>(/Authentication code/)
  assert.equal(code.autocomplete, 'one-time-code')
  await user.type(code, ' 123456 {Enter}')
  await call
  assert.deepEqual(sent(confirmSession)[0]?.body, { password: 'my long password', code: '123456' })
})

test('ConfirmItsYou: Escape closes it without a question, and the request is refused', async () => {
  const { user, call } = await begin()
  await user.type(password(), 'half')
  await user.keyboard('{Escape}')
  assert.equal(await call, stale.error)
  await waitFor(() => absent(screen.queryByRole('dialog')))
  assert.equal(sent(confirmSession).length, 0)
})

test('ConfirmItsYou: requests that are refused at the same moment wait for one dialog', async () => {
  answer(confirmSession, { success: true })
  const { user, call } = await begin()
  let second: Promise<unknown> = Promise.resolve()
  given(tokens.listTokens, () =>
    sent(confirmSession).length === 0
      ? Response.json({ error: stale.error }, { status: 403, headers: { 'x-error-code': stale.code } })
      : Response.json([]),
  )
  await act(async () => {
    second = client.call(tokens.listTokens)
  })
  assert.equal(screen.getAllByRole('dialog').length, 1)
  await user.type(password(), 'my long password{Enter}')
  assert.deepEqual(await call, { ended: 2 })
  assert.deepEqual(await second, [])
  assert.equal(sent(confirmSession).length, 1)
})
