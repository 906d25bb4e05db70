import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { members } from '../../../../api/index.ts'
import { answer, refuse, sent } from '../../../../tests/web/hub.ts'
import { absent, textsOf } from '../../../../tests/web/look.ts'
import { anOrg } from '../../../../tests/web/samples.ts'
import { show } from '../../../../tests/web/show.tsx'
import { LeaveOrganization, RemoveMember } from './RemoveMember.tsx'

const { removeMember, leaveOrganization } = members
const org = anOrg({ may: ['member.offboard'] })

function removal(over: { loses?: string[]; removed?: object; remains?: object } = {}): members.Removal {
  return {
    success: true,
    dryRun: true,
    loses: over.loses ?? [],
    removed: { role: 'write', groups: [], seatFreed: true, counts: {}, ...over.removed },
    remains: { repositories: [], repositoryCount: 0, personalTokens: 0, grants: [], counts: {}, ...over.remains },
  }
}

async function open() {
  const onDone = mock.fn(async () => {})
  const onClose = mock.fn()
  const { user } = await show(<RemoveMember org={org} user="bea" onClose={onClose} onDone={onDone} />)
  return { user, onDone, onClose }
}

const button = (name = 'Remove from organization') => screen.getByRole<HTMLButtonElement>('button', { name })

test('RemoveMember: what is lost and what stays is listed before it can be done', async () => {
  const repositories = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ type: 'model', name: `acme/${name}` }))
  answer(
    removeMember,
    removal({
      loses: ['write access to 4 private repositories'],
      removed: { counts: { fileLocks: 2, successorPlace: 1 } },
      remains: {
        repositories,
        repositoryCount: 1206,
        personalTokens: 1,
        grants: [{ kind: 'collaborator', on: 'acme/whisper', role: 'read' }],
        counts: { invitationsSent: 1, inviteLinks: 2, joinRequests: 0 },
      },
    }),
  )
  await open()
  assert.equal(button().disabled, true)
  await screen.findByText('bea loses:')
  assert.deepEqual(textsOf('listitem'), [
    'Write access to 4 private repositories',
    '2 file locks, so others can change these files',
    'Position on the list of successors',
    '1,206 repositories that they created: acme/a, acme/b, acme/c, acme/d, acme/e, and 1,201 more',
    'Their account and 1 access token, which lose access to the organization',
    'Read access to acme/whisper (collaborator)',
    '1 sent invitation, which no longer works',
    '2 invite links, which no longer work',
  ])
  screen.getByText('Frees one seat.')
  assert.equal(button().disabled, false)
  assert.ok(sent(removeMember).every(({ query }) => query.dryRun === 'true'))
})

test('RemoveMember: removing says so, and closes what shows the member before anything is read again', async () => {
  answer(removeMember, removal())
  const { user, onDone } = await open()
  await screen.findByText('What stays:')
  await user.click(button())
  await screen.findByText('Removed bea from acme.')
  assert.equal(onDone.mock.callCount(), 1)
  assert.equal(sent(removeMember).filter(({ query }) => query.dryRun === undefined).length, 1)
})

test('RemoveMember: who is leaving for good is better offboarded, for those who may', async () => {
  answer(removeMember, removal())
  await open()
  await screen.findByRole('link', { name: 'offboard them' })
})

test('RemoveMember: no word about offboarding where it is out of reach', async () => {
  answer(removeMember, removal())
  await show(<RemoveMember org={anOrg()} user="bea" onClose={() => {}} onDone={async () => {}} />)
  await screen.findByText('What stays:')
  absent(screen.queryByRole('link', { name: 'offboard them' }))
})

test('RemoveMember: a refusal is announced, and the button stays dead', async () => {
  refuse(removeMember, { status: 403, code: 'Forbidden', error: 'You need the admin role to remove members.' })
  await open()
  assert.equal((await screen.findByRole('alert')).textContent, 'You need the admin role to remove members.')
  assert.equal(button().disabled, true)
})

test('LeaveOrganization: it speaks to you, and leads to the page of the organization', async () => {
  answer(
    leaveOrganization,
    removal({ remains: { repositoryCount: 1, repositories: [{ type: 'model', name: 'acme/a' }] } }),
  )
  const { user, address } = await show(<LeaveOrganization org={org} user="ada" onClose={() => {}} />)
  await screen.findByText('What stays:')
  assert.deepEqual(textsOf('listitem'), ['1 repository that you created: acme/a', 'Your account'])
  await user.click(button('Leave acme'))
  await screen.findByText('You left acme.')
  await waitFor(() => assert.equal(address(), '/acme'))
})
