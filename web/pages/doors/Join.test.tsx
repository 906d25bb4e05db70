import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { joining, users } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent } from '../../../tests/web/look.ts'
import { anInstance } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Join.tsx'

const { viewOffer, acceptOffer, declineOffer, askAgain } = joining
const token = 'a-secret-of-some-length'
const at = `/join#token=${token}`
const press = (name: string) => screen.findByRole('button', { name })
const link = (name: string) => screen.findByRole('link', { name })

function anOffer(over: Partial<joining.Offer> = {}): joining.Offer {
  return {
    kind: 'invitation',
    organization: { name: 'acme', fullname: 'Acme', avatarUrl: '/api/avatars/acme', isVerified: false },
    role: 'write',
    groups: [],
    message: '',
    invitedBy: { user: 'grace', fullname: 'Grace Hopper', avatarUrl: '/api/avatars/grace' },
    expiresAt: '2030-01-31T00:00:00.000Z',
    for: 'email',
    address: 'ada@example.org',
    emailDomain: null,
    state: 'ready',
    maySignUp: false,
    ...over,
  } as joining.Offer
}

test('Join: who invites, with which role, groups, and words, is said before one accepts', async () => {
  answer(viewOffer, anOffer({ groups: [{ name: 'speech', role: 'read' }], message: 'Welcome!' }))
  await show(<Page />, { at })
  await screen.findByRole('heading', { level: 1, name: 'Join Acme' })
  screen.getByText('grace invited you.')
  screen.getByText('write')
  screen.getByText('Resource groups: speech (read).')
  screen.getByText('“Welcome!”')
  // A mail scanner that opens the link accepts nothing.
  assert.equal(sent(acceptOffer).length, 0)
})

test('Join: accepting leads to the organization, with a welcome', async () => {
  answer(viewOffer, anOffer())
  answer(acceptOffer, { organization: 'acme', role: 'write' })
  const { user, address } = await show(<Page />, { at })
  answer(users.instance, anInstance())
  await user.click(await press('Accept and join'))
  await screen.findByText('Welcome to acme.')
  assert.equal(address(), '/acme')
  assert.deepEqual(sent(acceptOffer)[0]?.body, { token })
})

test('Join: an invitation can be declined, a link that anyone has cannot', async () => {
  answer(viewOffer, anOffer())
  answer(declineOffer, { success: true })
  const { user, address } = await show(<Page />, { at })
  await user.click(await press('Decline'))
  await screen.findByText('You declined to join acme.')
  assert.equal(address(), '/')
})

test('Join: an invite link says whom it is for', async () => {
  answer(viewOffer, anOffer({ kind: 'link', for: 'anyone', emailDomain: 'acme.example', invitedBy: null }))
  await show(<Page />, { at })
  await screen.findByText('You opened an invite link for people at acme.example.')
  absent(screen.queryByRole('button', { name: 'Decline' }))
})

test('Join: what the server refuses is announced, and one can try again', async () => {
  answer(viewOffer, anOffer())
  refuse(acceptOffer, { status: 402, code: 'NoSeats', error: 'acme has no free seats. Ask an admin for one.' })
  const { user } = await show(<Page />, { at })
  await user.click(await press('Accept and join'))
  assert.equal((await screen.findByRole('alert')).textContent, 'acme has no free seats. Ask an admin for one.')
  await press('Accept and join')
})

test('Join: a visitor signs in, and comes back to the same invitation', async () => {
  answer(viewOffer, anOffer({ state: 'sign_in', maySignUp: true, address: null }))
  await show(<Page />, { at, as: null })
  const back = `next=${encodeURIComponent(at)}`
  assert.equal((await link('Sign in to accept')).getAttribute('href'), `/login#${back}`)
  assert.equal((await link('Create account')).getAttribute('href'), `/signup#${back}`)
  absent(screen.queryByRole('button', { name: 'Accept and join' }))
})

test('Join: anyone who opens an invite link can create an account where sign-up is open', async () => {
  answer(viewOffer, anOffer({ state: 'sign_in', kind: 'link', for: 'anyone', address: null }))
  await show(<Page />, { at, as: null })
  await link('Create account')
})

test('Join: where accounts are made by site admins, none is offered', async () => {
  answer(viewOffer, anOffer({ state: 'sign_in', address: null }))
  await show(<Page />, { at, as: null })
  await link('Sign in to accept')
  absent(screen.queryByRole('link', { name: 'Create account' }))
})

test('Join: an address that is not verified is named, with the ways on', async () => {
  answer(viewOffer, anOffer({ state: 'verify_email' }))
  await show(<Page />, { at })
  await screen.findByText(/^Verify ada@example\.org first/)
  await link('View your email addresses')
  await press('Switch account')
})

test('Join: an address that is not yours is not told', async () => {
  answer(viewOffer, anOffer({ state: 'verify_email', address: null }))
  await show(<Page />, { at })
  await screen.findByText(/^Verify the invited email address first/)
})

test('Join: who is a member already is led there', async () => {
  answer(viewOffer, anOffer({ state: 'member' }))
  await show(<Page />, { at })
  await screen.findByText('You’re already a member of acme.')
  assert.equal((await link('Open acme')).getAttribute('href'), '/acme')
})

const notFound = { status: 404, code: 'NotFound', error: 'This link is invalid or has expired.' }

test('Join: an invitation that does not work offers another account, and to ask for a new one', async () => {
  refuse(viewOffer, notFound)
  answer(askAgain, { success: true })
  const { user } = await show(<Page />, { at })
  await screen.findByRole('heading', { level: 1, name: 'This invitation isn’t valid' })
  screen.getByText('ada')
  await user.click(await press('Ask for a new one'))
  assert.match((await screen.findByRole('status')).textContent ?? '', /^Asked\. If this link is an invitation/)
  assert.deepEqual(sent(askAgain)[0]?.body, { token })
  // Once is enough.
  absent(screen.queryByRole('button', { name: 'Ask for a new one' }))
})

test('Join: switching the account signs out, and comes back to the invitation', async () => {
  refuse(viewOffer, notFound)
  answer(users.signOut, { success: true })
  const { user, address } = await show(<Page />, { at })
  const out = await press('Switch account')
  answer(users.instance, anInstance({ account: null }))
  await user.click(out)
  await waitFor(() => assert.equal(address(), `/login#next=${encodeURIComponent(at)}`))
  assert.equal(sent(users.signOut).length, 1)
})

test('Join: a visitor whose invitation does not work is not told that they are signed in', async () => {
  refuse(viewOffer, notFound)
  await show(<Page />, { at, as: null })
  await link('Sign in')
  absent(screen.queryByRole('button', { name: 'Switch account' }))
})

test('Join: half a link says what to do', async () => {
  await show(<Page />, { at: '/join' })
  await screen.findByText(/This link is incomplete/)
  await link('View your invitations')
})
