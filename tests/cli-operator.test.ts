import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { done, folder, guildhall, json } from './command-line.ts'
import { serveHub } from './served.ts'
import { until } from './until.ts'

const { onServer, asAda } = await serveHub()

test('the outbox is read on the server alone; what is shown and revealed is recorded', async () => {
  const outbox = (...words: string[]) => ['operator', 'outbox', ...words]
  await done(['invitations', 'create', '--org', 'acme', '--email', 'kim@example.org', '--role', 'read'], asAda)
  const kept = async () => {
    const [mail] = await json(outbox('list', '--search', 'kim@example.org'), onServer)
    return mail?.state === 'kept' ? mail : undefined
  }
  await until(async () => (await kept()) !== undefined)
  const { id, subject } = await kept()
  const listed = await done(outbox('list', '--limit', '1', '--search', 'kim@'), onServer)
  assert.match(listed.stdout, new RegExp(`^ID .*\\n${id} .* kim@example.org +kept +${subject}\\n$`))
  const shown = await done(outbox('show', '--id', id), onServer)
  assert.match(shown.stdout, /acme[\s\S]*\/join#(…|%E2%80%A6)/)
  const revealed = await done(outbox('reveal', '--id', id), onServer)
  assert.match(revealed.stdout, /\/join#token=[0-9A-Za-z]{43}/)
  await done(outbox('retry', '--id', id), onServer)
  const headers = { authorization: `Bearer ${asAda.HF_TOKEN}` }
  const reply = await fetch(`${asAda.HF_ENDPOINT}/api/operator/audit-log`, { headers })
  const events = (await reply.json()) as { type: string; author: { user: string } }[]
  assert.deepEqual(
    events.map(({ type }) => type).filter((type) => /^operator.*_mail$/.test(type)),
    ['operator.retry_mail', 'operator.reveal_mail', 'operator.read_mail'],
  )
  const remote = await guildhall(outbox('list'), { ...asAda, GUILDHALL_DATA_DIR: join(folder, 'elsewhere') })
  assert.equal(remote.code, 1, 'not with a token')
  assert.equal((await guildhall(outbox('show', '--id', '0'.repeat(24)), onServer)).code, 1)
})

test('storage is listed, and limited by name and by default', async () => {
  const storage = (...words: string[]) => ['operator', 'storage', ...words]
  assert.match(
    (await done(storage('set', '--owner', 'Acme', '--limit', '2TB'), asAda)).stdout,
    /^acme: 0 bytes used, 2 TB\.\n$/,
  )
  assert.match(
    (await done(storage('list'), asAda)).stdout,
    /^OWNER +TYPE +USED +LIMIT\nacme +organization +0 bytes +2 TB\n$/,
  )
  assert.deepEqual(await json(storage('defaults', '--accounts', '50GB'), asAda), {
    accounts: 50e9,
    openSignUp: 10e9,
    organizations: null,
  })
  assert.match(
    (await done(storage('list', '--search', 'bob'), asAda)).stdout,
    /\nbob +account +0 bytes +50 GB \(default\)\n$/,
  )
  assert.equal((await json(storage('set', '--owner', 'acme', '--limit', 'default'), asAda)).limit, null)
  assert.match((await done(storage('defaults', '--accounts', 'unlimited'), asAda)).stdout, /^accounts +no limit\n/)
  assert.equal((await guildhall(storage('set', '--owner', 'acme', '--limit', 'much'), asAda)).code, 2)
  assert.equal((await guildhall(storage('set', '--owner', 'no-one-there', '--limit', '1GB'), asAda)).code, 1)
})

test('repositories without an owner are listed, transferred and deleted', async () => {
  const ownerless = (...words: string[]) => ['operator', 'ownerless', ...words]
  assert.equal((await done(ownerless('list'), asAda)).stdout, 'No repositories without an owner.\n')
  assert.deepEqual(await json(ownerless('list'), asAda), [])
  const missing = ['--id', '0'.repeat(24)]
  assert.match((await guildhall(ownerless('delete', ...missing), asAda)).stderr, /No repository without an owner/)
  assert.match(
    (await guildhall(ownerless('transfer', ...missing, '--to', 'acme/x'), asAda)).stderr,
    /No repository without an owner/,
  )
})
