import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { done, folder, guildhall, json, type Variables } from './command-line.ts'
import { startTestHub } from './hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', grace: 'read', bob: 'write' })
const asAda: Variables = { HF_ENDPOINT: hub.url, HF_TOKEN: people.ada?.token ?? '' }

async function roles(): Promise<Record<string, string>> {
  const { body } = await hub.request(people.ada, 'GET', '/api/organizations/acme/members')
  return Object.fromEntries(body.map((member: { user: string; role: string }) => [member.user, member.role]))
}

test('an export and a file with groups are read by set-role as bulk changes read them', async () => {
  const group = await json(['groups', 'create', '--org', 'acme', '--name', 'a: b', '--user', 'grace=write'], asAda)
  const file = join(folder, 'exported.csv')
  await done(['members', 'export', '--org', 'acme', '--output', file], asAda)
  const before = await roles()
  const setAll = async () =>
    JSON.parse((await guildhall(['members', 'set-role', '--org', 'acme', '--csv', file, '--json'], asAda)).stdout)
  assert.deepEqual([(await setAll()).failed, await roles()], [0, before])
  const groupOf = async () => (await json(['groups', 'show', '--org', 'acme', '--group', group.id], asAda)).users
  assert.deepEqual(
    (await groupOf()).map(({ name, role }: { name: string; role: string }) => [name, role]),
    [['grace', 'write']],
  )
  writeFileSync(
    file,
    `username,op,role,groups\ngrace,set,contributor,a: b:Read;\nbob,remove,write,\nbob,,write,a: b=read\n`,
  )
  const { rows } = await setAll()
  assert.deepEqual(
    rows.map(({ ok, code }: { ok: boolean; code?: string }) => [ok, code]),
    [
      [true, undefined],
      [false, 'BadRow'],
      [false, 'BadRow'],
    ],
  )
  assert.deepEqual((await groupOf())[0].role, 'read')
  await done(['groups', 'delete', '--org', 'acme', '--group', group.id], asAda)
})
