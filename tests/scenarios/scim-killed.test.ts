// Changes by SCIM give up their locks before they are on the disk. PostgreSQL is killed with the hub right after the
// answers: whom an identity provider was told is created must be there all the same.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { killTree } from '../durability/processes.ts'
import { makeDataDir, type Program, startProgram } from '../program.ts'
import { userOf } from '../scim.ts'

const rounds = 2
const perRound = 12
const undo: (() => unknown)[] = []
after(async () => {
  for (const step of undo.reverse()) await step()
})

test('who was created by SCIM is there after PostgreSQL was killed', {
  skip: process.platform !== 'linux',
}, async () => {
  const folder = makeDataDir()
  undo.push(folder.remove)
  let hub = await start(folder.path)
  const token = await prepare(hub)
  for (let round = 0; round < rounds; round++) {
    const acknowledged: string[] = []
    const { url, child, ended } = hub
    const numbers = Array.from({ length: perRound }, (_, at) => round * perRound + at)
    let killed: Promise<unknown> | undefined
    const create = async (number: number) => {
      const { status, id } = await ask(url, token, userOf(emailOf(number)))
      assert.equal(status, 201)
      acknowledged.push(id)
      // PostgreSQL writes its log by itself a few times in a second: what no one waited for is not there yet.
      if (acknowledged.length === perRound / 2) {
        killTree(child.pid ?? 0)
        killed = ended
      }
    }
    await Promise.all(numbers.map((number) => create(number).catch(() => undefined)))
    assert.ok(killed, 'it was killed in the midst')
    await killed
    hub = await start(folder.path)
    const missing: string[] = []
    for (const id of acknowledged) if ((await ask(hub.url, token, undefined, `/${id}`)).status !== 200) missing.push(id)
    assert.deepEqual(missing, [])
  }
})

const emailOf = (number: number) => `person-${number}@example.org`

async function start(dataDir: string): Promise<Program> {
  const hub = await startProgram(dataDir, { GUILDHALL_LOG_LEVEL: 'warn', DATABASE_URL: '' })
  undo.push(async () => {
    if (hub.child.exitCode !== null || hub.child.signalCode !== null) return
    hub.child.kill('SIGTERM')
    await hub.ended
  })
  return hub
}

async function prepare(hub: Program): Promise<string> {
  await hub.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
  await hub.console('POST', '/api/operator/organizations', { name: 'acme', admin: 'ada', plan: 'plus' })
  // Members already: an invitation brings a mail, and to send it has the log written.
  for (let number = 0; number < rounds * perRound; number++) {
    const username = `person-${number}`
    await hub.console('POST', '/api/operator/people', { username, email: emailOf(number) })
    await hub.console('POST', '/api/operator/organizations/acme/members', { username, role: 'read' })
  }
  const { body } = await hub.console('POST', '/api/operator/people/ada/tokens', { name: 'test', role: 'write' })
  const made = await fetch(`${hub.url}/api/organizations/acme/settings/scim/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${body.token}`, 'content-type': 'application/json' },
    body: '{}',
  })
  assert.equal(made.status, 201)
  return ((await made.json()) as { token: string }).token
}

async function ask(url: string, token: string, body?: object, path = ''): Promise<{ status: number; id: string }> {
  const response = await fetch(`${url}/api/organizations/acme/scim-provisioning/v2/Users${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, id: ((await response.json()) as { id: string }).id }
}
