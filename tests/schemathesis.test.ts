import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeMachine } from './clients/machine.ts'
import { type Person, startTestHub, type TestHub } from './hub.ts'

// Asks every operation of the description at /.well-known/openapi.json what its schema allows and what it doesn't, and
// compares each answer with the description: the edges of every field first, then random requests.
const seconds = Number(process.env.GUILDHALL_SCHEMATHESIS_SECONDS ?? '0')
const timeout = (seconds + 570) * 1000
const program = fileURLToPath(new URL('../.venv/bin/schemathesis', import.meta.url))
const configuration = fileURLToPath(new URL('schemathesis.toml', import.meta.url))
const missing = existsSync(program) ? false : 'no .venv with schemathesis; `.ci/run` makes one'
const skip = seconds === 0 ? 'part of `npm run soak`' : missing

/** A fresh hub, and an admin of the organization that the configuration names. */
async function freshHub(): Promise<{ hub: TestHub; admin: Person }> {
  const hub = await startTestHub()
  const { people } = await hub.organization('acme', { ada: 'admin', bob: 'read' })
  const admin = people.ada ?? assert.fail()
  for (const type of ['model', 'dataset', 'space']) {
    const sdk = type === 'space' ? { sdk: 'static' } : {}
    const wish = { type, name: 'first', organization: 'acme', ...sdk }
    const { status, body } = await hub.request(admin, 'POST', '/api/repos/create', wish)
    assert.equal(status, 200, JSON.stringify(body))
  }
  return { hub, admin }
}

async function conforms(hub: TestHub, headers: string[]): Promise<void> {
  const what = ['run', `${hub.url}/.well-known/openapi.json`, '--phases', 'coverage,fuzzing', ...headers]
  // One worker: in two threads Python 3.11 fails to read its own source. Slow generation is no fault of the API.
  const how = ['--max-time', String(seconds), '--suppress-health-check', 'all', '--no-shrink', '--warnings', 'off']
  const args = ['--config-file', configuration, '--no-color', ...what, ...how]
  const machine = makeMachine(hub.url)
  const { code, text } = await machine.run('schemathesis', args, { cwd: machine.home, timeout })
  assert.equal(code, 0, text)
  assert.match(text, /No issues found/)
}

test('the API answers an admin of an organization as its description says', { skip, timeout }, async () => {
  const { hub, admin } = await freshHub()
  await conforms(hub, ['--header', `Authorization: Bearer ${admin.token}`])
})

test('the API answers strangers as its description says', { skip, timeout }, async () => {
  const { hub } = await freshHub()
  await conforms(hub, [])
})
