import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import type { OrgRole } from '../../../../api/index.ts'
import { absent, hasFocus } from '../../../../tests/web/look.ts'
import { anOrg } from '../../../../tests/web/samples.ts'
import { show } from '../../../../tests/web/show.tsx'
import { RoleMenu } from './RoleMenu.tsx'

const all: OrgRole[] = ['no_access', 'read', 'contributor', 'write', 'admin']

const bea = { name: 'Bea Ito', role: 'write' as const }

async function menuOf(over: { may?: string[]; mayGrant?: OrgRole[]; org?: object } = {}) {
  const onPick = mock.fn<(role: OrgRole) => void>()
  const { may = ['member.changeRole'], mayGrant = all, org = {} } = over
  const { user } = await show(<RoleMenu {...bea} org={anOrg(org)} may={may} mayGrant={mayGrant} onPick={onPick} />)
  return { user, picked: () => onPick.mock.calls.map((call) => call.arguments[0]) }
}

const button = () => screen.getByRole('button', { name: 'Change role of Bea Ito: write' })
const items = () => screen.findAllByRole('menuitem', { hidden: true })
const titled = (role: string, shown: HTMLElement[]) =>
  shown.find(({ textContent }) => textContent?.startsWith(role)) as HTMLButtonElement

test('RoleMenu: the first press opens it, highest role first, each with what it is for', async () => {
  const { user, picked } = await menuOf()
  assert.equal(button().getAttribute('aria-haspopup'), 'menu')
  assert.equal(button().getAttribute('aria-expanded'), 'false')
  await user.click(button())
  const shown = await items()
  assert.deepEqual(
    shown.map(({ textContent }) => textContent?.split(/(?=[A-Z])/)[0]),
    ['admin', 'write', 'contributor', 'read', 'no access'],
  )
  within(titled('write', shown)).getByLabelText('Current role')
  await user.click(titled('read', shown))
  assert.deepEqual(picked(), ['read'])
})

test('RoleMenu: the keyboard opens it, and Escape brings the focus back to its button', async () => {
  const { user, picked } = await menuOf()
  await user.tab()
  hasFocus(button())
  await user.keyboard('{Enter}')
  await items()
  await user.keyboard('{Escape}')
  await waitFor(() => hasFocus(button()))
  assert.deepEqual(picked(), [])
})

test('RoleMenu: picking the role that one has changes nothing', async () => {
  const { user, picked } = await menuOf()
  await user.click(button())
  await user.click(titled('write', await items()))
  assert.deepEqual(picked(), [])
})

test('RoleMenu: a role that one may not give is disabled with the reason', async () => {
  const { user, picked } = await menuOf({ mayGrant: all.filter((role) => role.length !== 5 || role === 'write') })
  await user.click(button())
  const admin = titled('admin', await items())
  assert.match(admin.textContent ?? '', /Only admins can make someone an admin\./)
  assert.ok(admin.disabled || admin.hasAttribute('data-disabled'))
  await user.click(admin)
  assert.deepEqual(picked(), [])
})

const reasons = [
  [{ may: [], org: { may: [] } }, 'Only admins can change roles in acme.'],
  [{ may: [], org: { may: ['member.changeRole'] } }, 'Only admins can change the role of a member with write.'],
  [
    { may: [], org: { may: [], mayGrant: [] } },
    'You need the write role (or admin, if the organization requires it) to change roles.',
  ],
  [
    { may: [], org: { may: [], blockedBy: ['mfa' as const] } },
    'acme requires two-factor authentication (2FA). Turn it on in your settings first.',
  ],
  [{ may: [], org: { may: [], role: null } }, 'You’re not a member of acme.'],
] as const

for (const [who, reason] of reasons) {
  test(`RoleMenu: who may not change it sees the role and why: ${reason}`, async () => {
    const { user } = await menuOf({ ...who, may: [...who.may] })
    absent(screen.queryByRole('button'))
    await user.tab()
    // With the keyboard too.
    hasFocus(screen.getByRole('note', { name: reason }))
  })
}
