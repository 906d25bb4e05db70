import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { emails, type ReplyOf, repos, tokens, users } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, findOption, textsOf } from '../../../tests/web/look.ts'
import { aMembership, anAccount, anInstance } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './AccountSettings.tsx'
import { fateOf, isDecided } from './account/OwnRepositories.tsx'

type Membership = ReturnType<typeof aMembership>
type Own = ReplyOf<typeof repos.listMyRepositories>[number]
const time = '2026-03-04T10:12:33.000Z'

const work: emails.Email = {
  id: '2a'.repeat(12),
  address: 'ada@acme.example',
  verified: true,
  primary: true,
  createdAt: time,
}
const home: emails.Email = { ...work, id: '2b'.repeat(12), address: 'ada@home.example', primary: false }
const fresh: emails.Email = { ...home, id: '2c'.repeat(12), address: 'ada@new.example', verified: false }

async function page(own: Own[] = [], organizations: Membership[] = [aMembership()]) {
  answer(users.getAccount, anAccount())
  answer(emails.listEmails, [work, home, fresh])
  answer(users.listMyOrganizations, { organizations, restorable: [] })
  answer(tokens.listTokens, [])
  answer(repos.listMyRepositories, own)
  const { user, address } = await show(<Page />)
  await screen.findByRole('heading', { level: 1, name: 'Account' })
  return { user, address }
}

const rowOf = (address: string) => within(screen.getByText(address).closest('tr') as HTMLElement)
const done = (words: string) => screen.findByText(words)

test('Email addresses: the page says which is primary and how many are unverified', async () => {
  await page()
  screen.getByText('3 email addresses · 1 unverified · email goes to ada@acme.example')
  rowOf('ada@acme.example').getByText('primary')
  rowOf('ada@new.example').getByText('unverified')
})

test('Email addresses: each can only be done what makes sense', async () => {
  await page()
  assert.deepEqual(textsOf('button', screen.getByText('ada@acme.example').closest('tr') as HTMLElement), ['Remove'])
  const remove = rowOf('ada@acme.example').getByRole<HTMLButtonElement>('button', { name: 'Remove ada@acme.example' })
  assert.equal(remove.disabled, true)
  rowOf('ada@acme.example').getByRole('note', { name: /make another verified address primary first/ })
  rowOf('ada@home.example').getByRole('button', { name: 'Make primary' })
  absent(rowOf('ada@new.example').queryByRole('button', { name: 'Make primary' }))
})

test('Email addresses: another becomes primary, and a verification is sent again', async () => {
  answer(emails.makeEmailPrimary, { ...home, primary: true })
  answer(emails.resendVerification, { success: true })
  const { user } = await page()
  await user.click(rowOf('ada@home.example').getByRole('button', { name: 'Make primary' }))
  await done('ada@home.example is now your primary email address.')
  await user.click(rowOf('ada@new.example').getByRole('button', { name: 'Resend email' }))
  await done('Verification email sent to ada@new.example.')
})

test('Email addresses: too many mails are refused in words', async () => {
  const error = 'Too many emails. Try again in an hour.'
  refuse(emails.resendVerification, { status: 429, code: 'TooManyRequests', error })
  const { user } = await page()
  await user.click(rowOf('ada@new.example').getByRole('button', { name: 'Resend email' }))
  await done(error)
})

test('Email addresses: removing one says what stops working', async () => {
  answer(emails.deleteEmail, { success: true })
  const { user } = await page()
  await user.click(rowOf('ada@home.example').getByRole('button', { name: 'Remove ada@home.example' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Remove ada@home.example' }))
  dialog.getByText('You can no longer sign in with it. Links in emails sent to it stop working.')
  await user.click(dialog.getByRole('button', { name: 'Remove ada@home.example' }))
  await done('Removed ada@home.example.')
})

test('Email addresses: one is added, trimmed, and the field is empty again', async () => {
  answer(emails.addEmail, { ...fresh, address: 'ada@more.example' })
  const { user } = await page()
  const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Email address' })
  await user.type(field, ' ada@more.example {Enter}')
  await done('Verification email sent to ada@more.example.')
  assert.deepEqual(sent(emails.addEmail)[0]?.body, { address: 'ada@more.example' })
  assert.equal(field.value, '')
})

const size = { updatedAt: time, storage: 0, storagePercent: 0 }
const whisper: Own = { type: 'model', id: 'ada/whisper', visibility: 'public', gated: false, ...size }
const speech: Own = { type: 'dataset', id: 'ada/speech', visibility: 'private', gated: false, ...size }

async function askToDelete(own: Own[], organizations?: Membership[]) {
  const shown = await page(own, organizations)
  await shown.user.click(screen.getByRole('button', { name: 'Delete ada…' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Delete account ada' }))
  await dialog.findByText('You permanently lose:')
  const button = () => dialog.getByRole<HTMLButtonElement>('button', { name: 'Delete ada' })
  return { ...shown, dialog, button }
}

test('Delete account: what is lost and what remains is said, and the name has to be typed', async () => {
  answer(users.deleteAccount, { success: true })
  const { user, dialog, button, address } = await askToDelete([])
  dialog.getByText('Your account and your membership in acme')
  dialog.getByText('All sessions')
  dialog.getByText('Your username, ada, which stays reserved')
  assert.equal(button().disabled, true)
  await user.type(dialog.getByRole('textbox'), 'ada')
  answer(users.instance, anInstance({ account: null }))
  await user.click(button())
  await done('Account ada deleted.')
  await waitFor(() => assert.equal(address(), '/'))
  assert.deepEqual(sent(users.deleteAccount)[0]?.body, { confirm: 'ada' })
})

test('Delete account: with repositories the name alone is not enough, and one choice can be made for all', async () => {
  answer(users.deleteAccount, { success: true })
  const { user, dialog, button } = await askToDelete(
    [whisper, speech],
    [aMembership(), aMembership({ name: 'lake', role: 'read' })],
  )
  await user.type(dialog.getByRole('textbox', { name: /^Type “ada”/ }), 'ada')
  assert.equal(button().disabled, true)
  await user.click(dialog.getByLabelText('All 2 repositories', { selector: 'input' }))
  const [first] = await screen.findAllByRole('option', { name: 'Transfer to acme', hidden: true })
  await user.click(first as HTMLElement)
  // People who can only read in an organization cannot bring repositories into it.
  absent(screen.queryByRole('option', { name: 'Transfer to lake', hidden: true }))
  await waitFor(() => assert.equal(button().disabled, false))
  await user.click(button())
  await done('Account ada deleted.')
  assert.deepEqual(sent(users.deleteAccount)[0]?.body, {
    confirm: 'ada',
    transfers: [
      { type: 'model', fromRepo: 'ada/whisper', toRepo: 'acme/whisper' },
      { type: 'dataset', fromRepo: 'ada/speech', toRepo: 'acme/speech' },
    ],
  })
})

test('Delete account: each repository can have another fate', () => {
  const choices = { 'model ada/whisper': 'acme', 'dataset ada/speech': ' delete' }
  assert.equal(isDecided([whisper, speech], { 'model ada/whisper': 'acme' }), false)
  assert.equal(isDecided([whisper, speech], choices), true)
  assert.deepEqual(fateOf([whisper, speech], choices), {
    transfers: [{ type: 'model', fromRepo: 'ada/whisper', toRepo: 'acme/whisper' }],
    repositories: 'delete',
  })
  assert.deepEqual(fateOf([], {}), {})
})

test('Delete account: with no organization to take them, repositories can only be deleted', async () => {
  const { user, dialog } = await askToDelete([whisper], [])
  dialog.getByText('You can’t create repositories in any organization, so they can only be deleted.')
  dialog.getByText('Your account')
  await user.click(dialog.getByLabelText('What happens to the model ada/whisper', { selector: 'input' }))
  await findOption('Delete')
  absent(screen.queryByRole('option', { name: /^Transfer/, hidden: true }))
})

test('Delete account: the last admin is told which organizations need another one first', async () => {
  const error = 'acme would have no active admin.'
  const candidates = [{ user: 'bea', fullname: 'Bea Ito', role: 'write' }]
  refuse(users.deleteAccount, { status: 409, code: 'LastAdmin', error, candidates, organizations: ['acme', 'lake'] })
  const { user, dialog, button } = await askToDelete([])
  await user.type(dialog.getByRole('textbox'), 'ada')
  await user.click(button())
  assert.match(
    (await dialog.findByRole('alert')).textContent ?? '',
    /acme would have no active admin.*Bea Ito \(write\)/,
  )
  assert.deepEqual(textsOf('link', screen.getByRole('dialog')), ['acme', 'lake', 'Bea Ito'])
})
