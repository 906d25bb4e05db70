import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { onePixel } from './avatar-recipes.ts'
import { done, folder, guildhall, json, type Variables } from './command-line.ts'
import { startTestHub, testPassword } from './hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', grace: 'write', hugo: 'read' })
const as = (token: string | undefined): Variables => ({ HF_ENDPOINT: hub.url, HF_TOKEN: token ?? '' })
const [asAda, asGrace] = [as(people.ada?.token), as(people.grace?.token)]

test('every command for an organization has help with an example', async () => {
  const { stdout } = await done(['org', '--help'], {})
  const commands = ['settings', 'profile', 'avatar', 'rename', 'delete', 'restore', 'successors', 'leave']
  for (const command of commands) {
    assert.match(stdout, new RegExp(`^ {2}${command} `, 'm'))
    assert.match((await done(['org', command, '--help'], {})).stdout, new RegExp(`\\$ guildhall org ${command} --org`))
  }
})

test('the profile is shown and changed, and read by scripts', async () => {
  const profile = ['org', 'profile', '--org', 'acme']
  const set = await done([...profile, '--fullname', 'Acme Research', '--website', 'https://acme.example'], asAda)
  assert.match(set.stdout, /^name +acme\nfull name +Acme Research\n/)
  assert.equal((await json([...profile, '--website', 'none', '--details', 'Birds'], asAda)).website, '')
  const { fullname, details } = await json(profile, asGrace)
  assert.deepEqual([fullname, details], ['Acme Research', 'Birds'])
  const refused = await guildhall([...profile, '--fullname', 'Mine', '--json'], asGrace)
  assert.deepEqual([refused.code, JSON.parse(refused.stderr).status], [1, 403])
})

test('pictures are uploaded and removed: of an organization with a token, your own with your password', async () => {
  const logo = join(folder, 'logo.png')
  writeFileSync(logo, Buffer.from(onePixel, 'base64'))
  const avatar = ['org', 'avatar', '--org', 'acme']
  assert.equal((await done([...avatar, '--file', logo], asAda)).stdout, 'Changed the picture of acme.\n')
  assert.match((await json([...avatar, '--remove'], asAda)).avatarUrl, /\/avatars\/acme/)
  const signIn = { HF_ENDPOINT: hub.url, GUILDHALL_PASSWORD: testPassword }
  const own = ['users', 'avatar', '--user', 'hugo']
  assert.equal((await done([...own, '--file', logo], signIn)).stdout, 'Changed the picture of hugo.\n')
  const kept = await hub.db.selectFrom('avatars').select('user_id').execute()
  assert.deepEqual(kept, [{ user_id: people.hugo?.id }], 'that of the organization is gone')
  assert.equal((await done([...own, '--remove'], signIn)).stdout, 'Removed the picture of hugo.\n')

  const text = join(folder, 'notes.txt')
  writeFileSync(text, 'no picture')
  const large = join(folder, 'large.png')
  writeFileSync(large, Buffer.alloc(1024 * 1024 + 1))
  const refused: [string[], Variables, number, RegExp][] = [
    [[...avatar], asAda, 2, /Give either --file or --remove\./],
    [[...avatar, '--file', logo, '--remove'], asAda, 2, /Give either --file or --remove\./],
    [[...avatar, '--file', join(folder, 'none.png')], asAda, 2, /none\.png can’t be read/],
    [[...avatar, '--file', large], asAda, 2, /large\.png is larger than 1 MB\. Choose a smaller picture\./],
    [[...avatar, '--file', text], asAda, 1, /PNG, JPEG, or WebP/],
    [[...avatar, '--file', logo], asGrace, 1, /You need the admin role/],
    [[...own, '--file', logo], { ...signIn, GUILDHALL_PASSWORD: 'not this one' }, 1, /password/],
  ]
  for (const [command, variables, code, words] of refused) {
    const ended = await guildhall(command, variables)
    assert.equal(ended.code, code, ended.stderr)
    assert.match(ended.stderr, words)
  }
})

test('an organization is renamed and found by both names', async () => {
  assert.equal((await json(['org', 'rename', '--org', 'acme', '--to', 'umbrella'], asAda)).name, 'umbrella')
  assert.match((await done(['org', 'profile', '--org', 'acme'], asAda)).stdout, /^name +umbrella\n/)
  const back = await done(['org', 'rename', '--org', 'umbrella', '--to', 'acme'], asAda)
  assert.equal(back.stdout, 'umbrella is now acme.\n')
  assert.equal((await guildhall(['org', 'rename', '--org', 'acme', '--to', 'acme'], asAda)).code, 2)
})

test('successors are set in order, shown, and removed', async () => {
  const successors = ['org', 'successors', '--org', 'acme']
  const set = await done([...successors, '--set', 'hugo, grace'], asAda)
  assert.match(set.stdout, /^POSITION +USER .*\n1 +hugo .*\n2 +grace /)
  const shown = await json(successors, asAda)
  assert.deepEqual(
    shown.successors.map(({ user }: { user: string }) => user),
    ['hugo', 'grace'],
  )
  assert.equal((await done([...successors, '--none'], asAda)).stdout, 'No successors.\n')
  assert.equal((await guildhall([...successors, '--none', '--set', 'hugo'], asAda)).code, 2)
})

test('deleting a group is previewed: nothing changes, and who comes to see what is named', async () => {
  await done(['groups', 'create', '--org', 'acme', '--name', 'research', '--user', 'grace=write'], asAda)
  const hidden = { name: 'acme/hidden', private: true }
  assert.equal((await hub.request(people.ada, 'POST', '/api/repos/create', hidden)).status, 200)
  const put = { resourceGroupId: (await json(['groups', 'list', '--org', 'acme'], asAda))[0].id }
  assert.equal((await hub.request(people.ada, 'POST', '/api/models/acme/hidden/resource-group', put)).status, 200)
  const remove = ['groups', 'delete', '--org', 'acme', '--group', 'research']
  assert.match((await done([...remove, '--dry-run'], asAda)).stdout, /acme\/hidden/)
  assert.equal((await json([...remove, '--dry-run'], asAda)).becomesVisible.repositoryCount, 1)
  assert.equal((await json(['groups', 'list', '--org', 'acme'], asAda)).length, 1)
  assert.equal((await done(remove, asAda)).stdout, 'Deleted the resource group research.\n')
  assert.deepEqual(await json(['groups', 'list', '--org', 'acme'], asAda), [])
})

test('members are exported as JSON for scripts: the rows of the file', async () => {
  const rows = await json(['members', 'export', '--org', 'acme'], asAda)
  assert.deepEqual(
    rows.map(({ username, role }: Record<string, string>) => [username, role]),
    [
      ['ada', 'admin'],
      ['grace', 'write'],
      ['hugo', 'read'],
    ],
  )
  const refused = await guildhall(['members', 'export', '--org', 'acme', '--json'], asGrace)
  assert.deepEqual([refused.code, refused.stdout, JSON.parse(refused.stderr).status], [1, '', 403])
})

test('a member leaves after a preview', async () => {
  const leave = ['org', 'leave', '--org', 'acme']
  assert.match(
    (await done([...leave, '--dry-run'], asGrace)).stdout,
    /^Leaving acme, you would lose the write role\.\n/,
  )
  assert.equal((await json([...leave, '--dry-run'], asGrace)).dryRun, true)
  assert.equal((await done(leave, asGrace)).stdout, 'You left acme.\n')
  const last = await guildhall([...leave, '--json'], asAda)
  assert.deepEqual([last.code, JSON.parse(last.stderr).code], [1, 'LastAdmin'])
})

test('an organization is deleted with a password, never with a token, and restored', async () => {
  const signIn = { HF_ENDPOINT: hub.url, GUILDHALL_PASSWORD: testPassword }
  const remove = ['org', 'delete', '--org', 'acme', '--user', 'ada']
  assert.match(
    (await done([...remove, '--dry-run'], signIn)).stdout,
    /Members: 2\. Repositories: 1\. Resource groups: 0\.\nDry run\./,
  )
  for (const wrong of [remove, [...remove, '--confirm', 'umbrella']])
    assert.equal((await guildhall(wrong, signIn)).code, 2)
  const stranger = await guildhall([...remove, '--confirm', 'acme'], { ...signIn, GUILDHALL_PASSWORD: 'not this one' })
  assert.deepEqual([stranger.code, /password/.test(stranger.stderr)], [1, true])
  assert.equal((await json([...remove, '--confirm', 'acme'], signIn)).loses.members, 2)
  assert.equal((await guildhall(['org', 'profile', '--org', 'acme'], asAda)).code, 1)
  const sessions = await hub.db.selectFrom('sessions').selectAll().execute()
  assert.deepEqual(sessions, [], 'signed out again')
  assert.equal((await done(['org', 'restore', '--org', 'acme'], asAda)).stdout, 'Restored acme.\n')
  assert.equal((await json(['org', 'profile', '--org', 'acme'], asAda)).name, 'acme')
})
