import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { notifications } from '../../api/index.ts'
import { answer } from '../../tests/web/hub.ts'
import { absent, hasFocus, textsOf } from '../../tests/web/look.ts'
import { show } from '../../tests/web/show.tsx'
import { NotificationBell } from './Notifications.tsx'

type Notification = notifications.Notification
const { listNotifications } = notifications

function aNotification(over: Partial<Notification>): Notification {
  const organization = { name: 'acme', fullname: 'Acme' }
  return { kind: 'invitation', organization, count: 1, id: null, about: null, at: null, ...over }
}

function bell(list: Partial<Notification>[]) {
  answer(listNotifications, { notifications: list.map(aNotification), organizations: [] })
  return show(<NotificationBell />)
}

const button = (name: string | RegExp) => screen.findByRole('button', { name })

test('Notifications: with none the bell says so, and opens all the same', async () => {
  const { user } = await bell([])
  await user.click(await button('No notifications'))
  await screen.findByText('No notifications.')
})

test('Notifications: the bell counts, opens with the keyboard, and Escape brings the focus back', async () => {
  const { user } = await bell([{ about: 'grace' }, { kind: 'join_requests', count: 2 }])
  const opener = await button('2 notifications')
  opener.focus()
  await user.keyboard('{Enter}')
  const list = (await screen.findByText(/invited you to join|Verify your email/)).closest(
    '[aria-label=Notifications]',
  ) as HTMLElement
  within(list).getByText(/grace invited you to join acme\./)
  await user.keyboard('{Escape}')
  await waitFor(() => hasFocus(opener))
})

test('Notifications: following one closes the list, and leads to where it is dealt with', async () => {
  const { user, address } = await bell([{ kind: 'join_requests', count: 2 }])
  await user.click(await button('1 notification'))
  const link = await screen.findByRole('link', { name: 'Review requests', hidden: true })
  const to = link.getAttribute('href')
  await user.click(link)
  await waitFor(() => absent(screen.queryByRole('link', { name: 'Review requests', hidden: true })))
  assert.equal(address(), to)
  assert.match(to ?? '', /acme.*requests/)
})

const at = '2027-01-15T12:00:00.000Z'
const id = '3a'.repeat(12)
const said: [Partial<Notification>, string][] = [
  [
    { kind: 'email_unverified', organization: null },
    'Verify your email address to join organizations and create repositories. Verify email',
  ],
  [{ kind: 'invitation' }, 'You’re invited to join acme. View invitation'],
  [
    { kind: 'two_factor_required' },
    'acme requires two-factor authentication (2FA). Turn it on to regain access. Turn on 2FA',
  ],
  [{ kind: 'two_factor_soon', at }, 'acme requires two-factor authentication (2FA) from January 15, 2027. Turn on 2FA'],
  [{ kind: 'recovery_own', id }, 'Your recovery request for acme is open. View recovery request'],
  [{ kind: 'recovery_own', id, at }, 'You become admin of acme on January 15, 2027. View recovery request'],
  [{ kind: 'recovery_object', id, about: 'bea' }, 'bea asks to become admin of acme. View recovery request'],
  [
    { kind: 'recovery_object', id, about: 'bea', at },
    'bea becomes admin of acme on January 15, 2027, unless you object. View recovery request',
  ],
  [
    { kind: 'recovery_confirm', id, about: 'bea' },
    'bea asks to become admin of acme and needs confirmations. View recovery request',
  ],
  [
    { kind: 'recovery_approve', id, about: 'bea' },
    'The recovery of acme by bea needs a second site admin’s approval. Review',
  ],
  [{ kind: 'no_active_admins' }, 'acme has no active admins. View recovery options'],
  [
    { kind: 'organizations_without_admins', organization: null },
    '1 organization has no active admins. View organization',
  ],
  [
    { kind: 'organizations_without_admins', organization: null, count: 3 },
    '3 organizations have no active admins. View organizations',
  ],
  [{ kind: 'only_admin' }, 'You’re the only admin of acme. Invite a second admin. Manage members'],
  [{ kind: 'join_requests' }, '1 person wants to join acme. Review request'],
  [{ kind: 'join_requests', count: 12 }, '12 people want to join acme. Review requests'],
  [{ kind: 'access_requests', about: 'models/acme/kite' }, '1 person wants access to acme/kite. Review request'],
  [
    { kind: 'access_requests', about: 'datasets/acme/kite', count: 1200 },
    '1,200 people want access to acme/kite. Review requests',
  ],
  [
    { kind: 'held_removals', count: 2 },
    'The identity provider of acme asks for more removals than usual. 2 removals wait for approval. Review removals',
  ],
  [
    { kind: 'domain_failing', about: 'acme.example', at },
    'The DNS record for acme.example is missing. Publish it by January 15, 2027 to keep the domain verified for acme. View record',
  ],
  [
    { kind: 'membership_ends', at },
    'Your membership in acme ends on January 15, 2027. Ask an admin to extend it if you still need access. View acme',
  ],
  [{ kind: 'memberships_end' }, '1 membership in acme ends within 14 days. View members'],
  [{ kind: 'memberships_end', count: 4 }, '4 memberships in acme end within 14 days. View members'],
  [{ kind: 'restorable', at }, 'acme was deleted. You can restore it until January 15, 2027. Restore'],
  [{ kind: 'failed_emails', organization: null }, '1 email could not be sent. View outbox'],
  [{ kind: 'failed_emails', organization: null, count: 1000 }, 'At least 1,000 emails could not be sent. View outbox'],
]

test('Notifications: each is one sentence that says what it is about, and a link that says what to do', async () => {
  const { user } = await bell(said.map(([notification]) => notification))
  await user.click(await button(`${said.length} notifications`))
  const list = (await screen.findByText(/invited you to join|Verify your email/)).closest(
    '[aria-label=Notifications]',
  ) as HTMLElement
  const shown = [...list.querySelectorAll('p')].map(({ textContent }) => textContent)
  assert.deepEqual(
    shown,
    said.map(([, sentence]) => sentence),
  )
  assert.equal(within(list).getAllByRole('link', { hidden: true }).length, said.length)
})

test('Notifications: every kind that the server knows has its words here', () => {
  const tried = new Set(said.map(([{ kind }]) => kind))
  assert.deepEqual(
    notifications.NotificationKind.options.filter((kind) => !tried.has(kind)),
    [],
  )
  assert.deepEqual(textsOf('alert'), [])
})
