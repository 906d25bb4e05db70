import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Person, startTestHub, type TestHub } from './hub.ts'
import { publishedFile } from './published.ts'

const run = promisify(execFile)
const members = ['member1', 'member2', 'member3', 'member4']

let hub: TestHub
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub()
  const roles = Object.fromEntries(members.map((name) => [name, 'contributor' as const]))
  people = (await hub.organization('my-org', { ada: 'admin', ...roles })).people
})

const python = findPython()
const seed = publishedFile('seeds/3-access-control.txt')
const noPython = python === undefined ? 'no python3 with the package requests' : false
if (noPython)
  process.stdout.write('# skipped: no python3 with the package requests was found, so Python scripts are not run\n')
const noSeed = seed === undefined ? 'the published scripts are not beside this checkout' : false

function findPython(): string | undefined {
  const own = fileURLToPath(new URL('../.venv/bin/python3', import.meta.url))
  return [own, 'python3'].find(
    (command) => (command !== own || existsSync(own)) && spawnSync(command, ['-c', 'import requests']).status === 0,
  )
}

/** A fenced block of the published page: the first of that language that holds the words. */
function block(language: string, words: string): string {
  const blocks = [...(seed ?? '').matchAll(/```(\w+)\n([\s\S]*?)```/g)]
  const found = blocks.find(([, name, code]) => name === language && code?.includes(words))?.[2]
  assert.ok(found, `no ${language} block with “${words}”`)
  return found
}

async function resetRoles(role: string): Promise<void> {
  for (const name of members) {
    const { status } = await hub.request(people.ada, 'PUT', `/api/organizations/my-org/members/${name}/role`, { role })
    assert.equal(status, 200)
  }
}

async function roles(): Promise<string[]> {
  const { body } = await hub.request(people.ada, 'GET', '/api/organizations/my-org/members?limit=100')
  return members.map((name) => body.find((member: { user: string }) => member.user === name).role)
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, HF_TOKEN: people.ada?.token ?? '', HUB: hub.url }
}

// Only the address is another one; the token comes from the environment, as in the script itself.
function here(script: string): string {
  const published = seed?.match(/BASE_URL = "(https:[^"]+)"/)?.[1]
  assert.ok(published && script.includes(published), 'the script names the address it calls')
  return script.replaceAll(published, hub.url)
}

test('the published bash loop runs', { skip: noSeed }, async () => {
  await resetRoles('contributor')
  const { stdout } = await run('bash', ['-c', here(block('bash', 'for username in'))], { env: environment() })
  assert.equal(stdout.match(/^200$/gm)?.length, 4, stdout)
  assert.deepEqual(await roles(), ['read', 'read', 'read', 'read'])
})

test('the published Python script runs', { skip: noSeed || noPython }, async () => {
  await resetRoles('contributor')
  const { stdout } = await run(python ?? '', ['-c', here(block('python', 'def change_member_role'))], {
    env: environment(),
  })
  assert.equal(stdout.match(/OK$/gm)?.length, 4, stdout)
  assert.deepEqual(await roles(), ['read', 'read', 'read', 'read'])
})

const loop = `
set -u
ok=0
while read -r who role; do
  status=$(curl -s -o /dev/null -w '%{http_code}' -X PUT -H "Authorization: Bearer $HF_TOKEN" \\
    -H 'Content-Type: application/json' -d "{\\"role\\": \\"$role\\"}" "$HUB/api/organizations/my-org/members/$who/role")
  echo "$who $status"
done <<'ROWS'
member1 write
member2 read
nobody-here read
member3 emperor
ROWS
`

test('a loop over curl sets roles one by one, and each refusal is its own', async () => {
  await resetRoles('contributor')
  const { stdout } = await run('bash', ['-c', loop], { env: environment() })
  assert.deepEqual(stdout.trim().split('\n'), ['member1 200', 'member2 200', 'nobody-here 404', 'member3 400'])
  assert.deepEqual(await roles(), ['write', 'read', 'contributor', 'contributor'])
})

const program = `
import os, requests
session = requests.Session()
session.headers["Authorization"] = "Bearer " + os.environ["HF_TOKEN"]
base = os.environ["HUB"] + "/api/organizations/my-org"
url, seen = base + "/members?limit=2", []
while url:
    page = session.get(url)
    page.raise_for_status()
    seen += [member["user"] for member in page.json()]
    url = page.links.get("next", {}).get("url")
assert len(seen) == len(set(seen)) == 5, seen
group = session.post(base + "/resource-groups", json={"name": "Speech"}).json()
answer = session.put(base + "/members/member4/role", json={"role": "read", "resourceGroups": [{"id": group["id"], "role": "write"}]})
assert answer.status_code == 200 and answer.json() == {"success": True}, answer.text
users = session.get(base + "/resource-groups/" + group["id"]).json()["users"]
assert [(user["name"], user["role"]) for user in users] == [("member4", "write")], users
refused = session.put(base + "/members/ada/role", json={"role": "read"})
assert refused.status_code == 403 and refused.headers["X-Error-Code"] == "LastAdmin", refused.text
print("done")
`

test('a Python program pages through members, sets group roles and meets the last-admin rule', {
  skip: noPython,
}, async () => {
  const { stdout } = await run(python ?? '', ['-c', program], { env: environment() })
  assert.equal(stdout.trim(), 'done')
})
