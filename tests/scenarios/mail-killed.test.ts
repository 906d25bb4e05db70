// A hub is killed while the mails of a bulk invitation go out. Another takes over: every mail arrives, and what arrives
// twice, because the answer to it was lost with the process, is the same message.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { maxConnections } from '../../server/mail/transport.ts'
import { makeDatabase, startTestPostgres } from '../postgres.ts'
import { makeDataDir, type Program, startProgram } from '../program.ts'
import { startSmtp } from '../smtp.ts'
import { until } from '../until.ts'

const people = 200
const undo: (() => unknown)[] = []
after(async () => {
  for (const step of undo.reverse()) await step()
})

test('mails of a killed hub go out from the next one: none is lost, and a repeat is the same message', async (t) => {
  const postgres = await startTestPostgres()
  undo.push(postgres.stop)
  const database = await makeDatabase(postgres.url)
  undo.push(database.drop)
  const smtp = await startSmtp({ thinks: 20, holdsAfter: people / 4 })
  undo.push(smtp.stop)
  const folder = makeDataDir()
  undo.push(folder.remove)
  const start = async () => {
    const environment = {
      DATABASE_URL: database.url,
      GUILDHALL_PUBLIC_URL: 'http://hub.test',
      GUILDHALL_SMTP_URL: smtp.url,
      GUILDHALL_LOG_LEVEL: 'warn',
    }
    const hub = await startProgram(folder.path, environment)
    undo.push(() => end(hub, 'SIGTERM'))
    return hub
  }

  const first = await start()
  const token = await prepare(first)
  const { batch } = await inviteMany(first, token)
  await until(() => smtp.received.length >= people / 4)
  await end(first, 'SIGKILL')
  const before = smtp.received.length
  assert.ok(before < people, 'it was killed in the midst')
  smtp.goOn()

  const next = await start()
  await until(async () => (await call(next, token, `/invitations/bulk/${batch}`)).waiting === 0)
  const { sent, failed, total } = await call(next, token, `/invitations/bulk/${batch}`)
  assert.deepEqual({ sent, failed, total }, { sent: people, failed: 0, total: people })
  const taken = smtp.received.filter(({ raw }) => /^To: person-/m.test(raw))
  const ids = taken.map(({ raw }) => raw.match(/^Message-ID: (.*)\r$/im)?.[1])
  const recipients = new Set(taken.map(({ raw }) => raw.match(/^To: (.*)\r$/im)?.[1]))
  assert.deepEqual([new Set(ids).size, recipients.size], [people, people])
  const repeats = ids.length - people
  t.diagnostic(`${before} had arrived when it was killed; ${repeats} arrived twice`)
  assert.ok(repeats <= maxConnections, `${repeats} arrived twice`)
})

async function prepare(hub: Program): Promise<string> {
  await hub.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
  await hub.console('POST', '/api/operator/organizations', { name: 'acme', admin: 'ada' })
  const { body } = await hub.console('POST', '/api/operator/people/ada/tokens', { name: 'test', role: 'write' })
  return String(body.token)
}

async function inviteMany(hub: Program, token: string): Promise<{ batch: string }> {
  const rows = Array.from({ length: people }, (_, n) => ({ email: `person-${n}@example.net` }))
  const { planHash } = await call(hub, token, '/invitations/bulk', { mode: 'plan', rows })
  return call(hub, token, '/invitations/bulk', { mode: 'apply', planHash, rows })
}

// biome-ignore lint/suspicious/noExplicitAny: replies of several shapes
async function call(hub: Program, token: string, path: string, body?: unknown): Promise<any> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(`${hub.url}/api/organizations/acme${path}`, { headers, ...sent })
  const reply = await answer.json()
  assert.equal(answer.status, 200, JSON.stringify(reply))
  return reply
}

async function end({ child, ended }: Program, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await ended
}
