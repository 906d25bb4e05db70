import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, within } from '@testing-library/react'
import { access } from '../../api/index.ts'
import { answer, refuse, sent } from '../../tests/web/hub.ts'
import { absent, textsOf } from '../../tests/web/look.ts'
import { aGround } from '../../tests/web/samples.ts'
import { show } from '../../tests/web/show.tsx'
import { AccessPaths } from './AccessPath.tsx'
import { ExplainedAccess } from './ExplainedAccess.tsx'

const id = '0a'.repeat(12)

test('AccessPaths: a path is a list of steps from the person to the target, named by how access came', async () => {
  await show(<AccessPaths person="Ada" grounds={[aGround()]} target="acme/whisper" />)
  const path = screen.getByRole('list', { name: 'Path: member, invitation' })
  const steps = textsOf('listitem', path)
  assert.equal(steps.length, 3)
  assert.equal(steps[0], 'Ada')
  assert.match(steps[1] ?? '', /^A member of acme\.write.*since /)
  assert.equal(steps[2], 'acme/whisper')
  absent(screen.queryByText(/There are/))
})

test('AccessPaths: several paths are counted, since each is enough by itself', async () => {
  const grounds = [
    aGround(),
    aGround({ kind: 'group_role', source: 'auto_join', id, sentence: 'In the resource group speech.' }),
  ]
  await show(<AccessPaths person="Ada" grounds={grounds} target="acme/whisper" />)
  await screen.findByText('There are 2 paths. Each is enough by itself.')
  const names = screen.getAllByRole('list').map((list) => list.getAttribute('aria-label'))
  assert.deepEqual(names, ['Path: member, invitation', 'Path: resource group, auto-join'])
})

test('AccessPaths: what ends says when, and leads to where it can be changed, filters and all', async () => {
  const ground = aGround({
    kind: 'collaborator',
    source: 'manual',
    role: 'read',
    until: '2027-01-31T00:00:00.000Z',
    link: '/acme/whisper/settings?q=ada',
  })
  await show(<AccessPaths person="Ada" grounds={[ground]} target="acme/whisper" />)
  await screen.findByText(/· until January 3[01], 2027/)
  assert.equal(screen.getByRole('link', { name: 'Change it' }).getAttribute('href'), '/acme/whisper/settings?q=ada')
})

const question = { org: 'acme', user: 'ada', repo: 'models/acme/whisper', action: 'repo.read' }

function explained(over: Partial<access.Explanation>): access.Explanation {
  return {
    user: { _id: id, user: 'ada', fullname: 'Ada Lovelace', avatarUrl: '/api/avatars/ada' },
    token: null,
    action: 'repo.read',
    target: { kind: 'repository', id, name: 'acme/whisper' },
    allowed: true,
    code: null,
    sentence: '',
    grounds: [],
    changes: [],
    blockedBy: [],
    ...over,
  }
}

test('ExplainedAccess: each path is drawn, and all of them have to end for the access to end', async () => {
  const changes = ['Remove Ada from acme.', 'Make acme/whisper private.']
  answer(access.explainAccess, explained({ grounds: [aGround(), aGround({ kind: 'public', id })], changes }))
  await show(<ExplainedAccess {...question} />)
  const what = await screen.findByRole('region', { name: 'To remove this access, do all of these' })
  assert.deepEqual(textsOf('listitem', what), changes)
  assert.equal(screen.getAllByRole('list', { name: /^Path/ }).length, 2)
  assert.equal(sent(access.explainAccess)[0]?.query.repo, 'models/acme/whisper')
})

test('ExplainedAccess: of what would give access one is enough', async () => {
  const changes = ['Add Ada to acme.', 'Make acme/whisper public.']
  answer(access.explainAccess, explained({ allowed: false, sentence: 'Ada isn’t a member of acme.', changes }))
  await show(<ExplainedAccess {...question} />)
  await screen.findByText('No access. Ada isn’t a member of acme.')
  within(screen.getByRole('region', { name: 'To give access, do one of these' })).getByText('Add Ada to acme.')
  absent(screen.queryByRole('list', { name: /^Path/ }))
})

test('ExplainedAccess: with one change there is nothing to choose from, and with none no heading', async () => {
  answer(access.explainAccess, explained({ changes: ['Remove Ada from acme.'] }))
  await show(<ExplainedAccess {...question} />)
  await screen.findByRole('region', { name: 'To remove this access' })
})

test('ExplainedAccess: a refusal is announced instead', async () => {
  refuse(access.explainAccess, { status: 403, code: 'Forbidden', error: 'You need the admin role.' })
  await show(<ExplainedAccess {...question} />)
  assert.equal((await screen.findByRole('alert')).textContent, 'You need the admin role.')
})
