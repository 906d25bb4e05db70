import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen } from '@testing-library/react'
import { joining } from '../../../../api/index.ts'
import { answer, sent } from '../../../../tests/web/hub.ts'
import { absent } from '../../../../tests/web/look.ts'
import { anOrg } from '../../../../tests/web/samples.ts'
import { show } from '../../../../tests/web/show.tsx'
import { Invited } from './Invited.tsx'

const { listInvitations, resendInvitation, revokeInvitation } = joining

function anInvitation(over: Partial<joining.Invitation> = {}): joining.Invitation {
  return {
    id: '4e'.repeat(12),
    email: 'kim@example.org',
    user: null,
    role: 'read',
    groups: [],
    message: '',
    state: 'pending',
    isVoid: false,
    invitedBy: { user: 'ada', fullname: 'Ada', avatarUrl: '' },
    acceptedBy: null,
    createdAt: '2026-03-04T10:00:00.000Z',
    sentAt: '2026-03-04T10:00:00.000Z',
    expiresAt: '2026-03-18T10:00:00.000Z',
    endedAt: null,
    ...over,
  }
}

async function page(over: { sendsMail?: boolean; rows?: joining.Invitation[] } = {}) {
  const { sendsMail = true, rows = [anInvitation()] } = over
  answer(listInvitations, rows)
  const { user } = await show(<Invited org={anOrg()}>{null}</Invited>, { over: { sendsMail } })
  if (rows.length > 0) await screen.findByText('kim@example.org')
  const choose = async (name: string) => {
    await user.click(screen.getByRole('button', { name: 'Actions for kim@example.org' }))
    await user.click(await screen.findByRole('menuitem', { name, hidden: true }))
  }
  return { user, choose }
}

test('Invitations: sending one again says that the previous link is dead', async () => {
  answer(resendInvitation, { ...anInvitation(), link: null })
  const { choose } = await page()
  absent(screen.queryByText(/no mail server/))
  await choose('Resend invitation')
  await screen.findByText('Resent the invitation to kim@example.org. The previous link no longer works.')
})

test('Invitations: without a mail server they are not called sent, and the link can be had', async () => {
  answer(resendInvitation, { ...anInvitation(), link: 'http://hub.test/join#token=new' })
  const { choose } = await page({ sendsMail: false })
  screen.getByText('Not sent: no mail server')
  await choose('Get a new link')
  const dialog = await screen.findByRole('dialog', { name: 'Not sent: no mail server' })
  assert.match(dialog.textContent ?? '', /Copy the link and share it with kim@example\.org\. It works only for them\./)
  assert.equal(
    screen.getByRole<HTMLInputElement>('textbox', { name: 'Invitation link' }).value,
    'http://hub.test/join#token=new',
  )
})

test('Invitations: where none is pending, nothing is said about emails', async () => {
  await page({ sendsMail: false, rows: [] })
  await screen.findByRole('heading', { name: 'No pending invitations' })
  absent(screen.queryByText('Not sent: no mail server'))
})

test('Invitations: one is revoked after a question, and stays in the list with its new state', async () => {
  answer(revokeInvitation, anInvitation({ state: 'revoked', endedAt: '2026-03-05T10:00:00.000Z' }))
  const { user, choose } = await page()
  await choose('Revoke invitation…')
  assert.equal(sent(revokeInvitation).length, 0)
  await user.click(await screen.findByRole('button', { name: 'Revoke invitation' }))
  await screen.findByText('Revoked the invitation for kim@example.org.')
  assert.equal(sent(revokeInvitation).length, 1)
})
