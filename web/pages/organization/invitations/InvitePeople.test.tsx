import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { bulk, groups, organizations, repos } from '../../../../api/index.ts'
import { answer, refuse, sent } from '../../../../tests/web/hub.ts'
import { absent, findOption, saidAt, textsOf } from '../../../../tests/web/look.ts'
import { aGroup, anOrg } from '../../../../tests/web/samples.ts'
import { show } from '../../../../tests/web/show.tsx'
import { InviteButton } from './InvitePeople.tsx'

type Verdict = bulk.InviteVerdict['verdict']
const { bulkInvite } = bulk

const refusals: Record<string, [Verdict, string]> = {
  bea: ['already_member', 'Already a member.'],
  'no@': ['invalid', 'Not an email address.'],
}

/** Answers about each person by name, as the server does; mails are sent to those who can be invited. */
function judge(over: { hasMail?: boolean } = {}): void {
  answer(repos.quickSearch, { people: [], organizations: [], repositories: [] })
  answer(bulkInvite, ({ body }) => {
    const { mode, rows = [] } = body as { mode: 'plan' | 'apply'; rows: { email?: string; username?: string }[] }
    const verdicts = rows.map(({ email, username }, index) => {
      const who = email ?? username ?? ''
      const [verdict, message] = refusals[who] ?? ['invite', 'An invitation is sent.']
      const link = mode === 'apply' && over.hasMail === false ? `http://hub.test/join#token=${index}` : null
      return { row: index + 1, who, verdict, message, role: 'read' as const, groups: [], link }
    })
    const mailed = verdicts.filter(({ verdict }) => verdict === 'invite').length
    const counts = { rows: rows.length, mailed, leftOut: rows.length - mailed }
    return { mode, applied: mode === 'apply', planHash: 'plan', batch: null, counts, rows: verdicts, inverse: '' }
  })
}

const admin = anOrg({ may: ['invitation.createMany', 'org.viewSettings', 'group.list'] })
const settings: organizations.Organization = admin

async function open(org = settings) {
  answer(organizations.getSettings, {
    memberManagement: 'admin',
    defaultRole: 'contributor',
    groupCreation: 'admin',
    allowJoinRequests: false,
    userApproval: false,
    hideMembers: false,
    notifyMembers: true,
    repoVisibility: 'public',
    tokenPolicy: 'any',
    tokenMaxLifetimeDays: null,
    enforceIpRestriction: false,
    ipRanges: [],
    require2fa: false,
    require2faFrom: null,
    setupChecklist: true,
  })
  answer(groups.listGroupSummaries, [aGroup(), aGroup({ id: '07'.repeat(12), name: 'scim', managedBy: 'scim' })])
  const { user } = await show(<InviteButton org={org} />)
  await user.click(screen.getByRole('button', { name: 'Invite members' }))
  const dialog = await screen.findByRole('dialog', { name: 'Invite members to acme' })
  return { user, dialog }
}

const people = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'People' })
const chips = () => screen.queryAllByLabelText(/^Remove /).map((button) => button.getAttribute('aria-label')?.slice(7))
const invite = (name: string | RegExp) => screen.findByRole<HTMLButtonElement>('button', { name })
const applied = () => sent(bulkInvite).filter(({ body }) => body?.mode === 'apply')

test('InviteButton: who cannot invite does not see it', async () => {
  await show(<InviteButton org={anOrg({ may: [] })} />)
  absent(screen.queryByRole('button'))
})

test('Invite members: 50 pasted addresses become a chip each, and go out in one request', async () => {
  judge()
  const { user } = await open()
  const fifty = Array.from({ length: 50 }, (_, index) => `p${index}@example.org`)
  await user.click(people())
  await user.paste(fifty.join('\n'))
  assert.equal(chips().length, 50)
  await user.click(await invite('Invite 50 people'))
  await screen.findByText('Invited 50 people. Emails are on their way.')
  assert.deepEqual(
    applied()[0]?.body?.rows,
    fifty.map((email) => ({ email })),
  )
})

test('Invite members: more than 50 are not sent, and the field says how many there are', async () => {
  judge()
  const { user } = await open()
  await user.click(people())
  await user.paste(Array.from({ length: 51 }, (_, index) => `p${index}@example.org`).join(','))
  await screen.findByText('These are 51 people. Invite up to 50 here.')
  await user.click(await invite('Invite 51 people'))
  assert.equal(sent(bulkInvite).length, 0)
})

test('Invite members: what is typed becomes a chip with a comma, a space, Enter, and when the field is left', async () => {
  judge()
  const { user } = await open()
  await user.type(people(), 'ada@example.org,grace bo{Enter}cy')
  assert.deepEqual(chips(), ['ada@example.org', 'grace', 'bo'])
  await user.tab()
  assert.deepEqual(chips(), ['ada@example.org', 'grace', 'bo', 'cy'])
})

test('Invite members: a person named twice is one chip, and Backspace takes the last one out', async () => {
  judge()
  const { user } = await open()
  await user.type(people(), 'Grace grace ')
  assert.deepEqual(chips(), ['Grace'])
  await user.type(people(), 'bo {Backspace}')
  assert.deepEqual(chips(), ['Grace'])
  await user.click(screen.getByLabelText('Remove Grace'))
  assert.deepEqual(chips(), [])
})

test('Invite members: who cannot be invited is named with the reason before anything is sent, and left out', async () => {
  judge()
  const { user } = await open()
  await user.type(people(), 'bea,grace,hal,')
  const problems = await screen.findByRole('list', { name: 'People who can’t be invited' })
  assert.deepEqual(textsOf('listitem', problems), ['bea: Already a member.'])
  await user.click(await invite('Invite 2 people'))
  await screen.findByText('Invited 2 people. Emails are on their way.')
  screen.getByText('Not invited')
  const leftOut = screen.getByRole('list', { name: 'People who can’t be invited' })
  assert.deepEqual(textsOf('listitem', leftOut), ['bea: Already a member.'])
})

test('Invite members: with no one who can be invited there is nothing to press', async () => {
  judge()
  const { user } = await open()
  await user.type(people(), 'bea,')
  await screen.findByText('Already a member.', { exact: false })
  assert.equal((await invite('Invite')).disabled, true)
})

test('Invite members: what turns out only when it is sent is shown first, and nothing goes out', async () => {
  judge()
  const { user } = await open()
  // Enter sends what is typed before the server was asked about it.
  await user.type(people(), 'grace,no@')
  await user.click(await invite('Invite 2 people'))
  await screen.findByText('Not an email address.', { exact: false })
  assert.equal(applied().length, 0)
})

test('Invite members: role, groups, expiration, and message go out with the invitations', async () => {
  judge()
  const { user, dialog } = await open()
  const role = within(dialog).getByRole<HTMLSelectElement>('combobox', { name: 'Role' })
  await waitFor(() => assert.equal(role.value, 'contributor'))
  assert.match(saidAt(role), /create repositories/)
  await user.selectOptions(role, 'write')
  await user.click(within(dialog).getByRole('combobox', { name: 'Resource groups' }))
  // Groups that an identity provider manages are not given by hand.
  absent(screen.queryByRole('option', { name: 'scim', hidden: true }))
  await user.click(await findOption('speech'))
  await user.selectOptions(screen.getByRole('combobox', { name: 'Role in speech' }), 'contributor')
  await user.click(within(dialog).getByRole('combobox', { name: 'Expires after' }))
  await user.click(await findOption('1 day'))
  await user.type(screen.getByRole('textbox', { name: 'Message' }), ' Welcome! ')
  await user.type(people(), 'grace,')
  await user.click(await invite('Invite'))
  await screen.findByText('Invited 1 person. Emails are on their way.')
  assert.deepEqual(applied()[0]?.body, {
    mode: 'apply',
    planHash: 'plan',
    rows: [{ username: 'grace' }],
    role: 'write',
    expiresInDays: 1,
    groups: [{ id: aGroup().id, role: 'contributor' }],
    message: 'Welcome!',
  })
})

test('Invite members: only roles that one may give are offered', async () => {
  judge()
  const { dialog } = await open({ ...settings, mayGrant: ['read', 'no_access'] })
  const role = within(dialog).getByRole('combobox', { name: 'Role' })
  assert.deepEqual(textsOf('option', role), ['read', 'no access'])
})

test('Invite members: without a mail server the links are there to copy, and nothing is called sent', async () => {
  judge({ hasMail: false })
  const { user } = await open()
  await user.type(people(), 'grace,hal,')
  await user.click(await invite('Invite 2 people'))
  await screen.findByText('Not sent: no mail server')
  const links = screen.getByRole('list', { name: 'Links to share' })
  assert.deepEqual(textsOf('listitem', links), ['grace', 'hal'])
  screen.getByRole('button', { name: 'Copy link for hal' })
  absent(screen.queryByText(/on their way/))
})

test('Invite members: what the server refuses stands at the field it is about', async () => {
  judge()
  const { user } = await open()
  await user.type(people(), 'grace,')
  await invite('Invite')
  const fields = [{ field: 'message', message: 'must not hold a link' }]
  refuse(bulkInvite, { status: 422, code: 'BadRequest', error: 'The message holds a link.', fields })
  await user.click(await invite('Invite'))
  const message = screen.getByRole('textbox', { name: 'Message' })
  await waitFor(() => assert.match(saidAt(message), /Message must not hold a link\./))
  assert.equal(message.getAttribute('aria-invalid'), 'true')
  assert.deepEqual(chips(), ['grace'])
})

test('Invite members: a half-filled invitation is not lost to Escape', async () => {
  judge()
  const { user } = await open()
  await user.type(people(), 'grace,')
  await user.keyboard('{Escape}{Escape}')
  await screen.findByText('Unsaved changes')
  assert.deepEqual(chips(), ['grace'])
})
