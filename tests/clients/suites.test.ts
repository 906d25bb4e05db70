// The Python client's own tests, of the newest and of the oldest version, against a hub: those that concern what exists.
// `npm run soak` runs all of them, and CI a part. They come from the source releases, see suites/install.ts.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { succeeded } from './expect.ts'
import { makeMachine, pythonOf } from './machine.ts'
import { runner, testsOf, versionIn } from './suites/places.ts'

const isLong = process.env.GUILDHALL_SUITES === 'all'
const timeout = 3_600_000
/** The files whose tests talk to a hub. */
const both = ['auth', 'cli', 'commit_scheduler', 'file_download', 'hf_api', 'hf_file_system', 'lfs']
const files = {
  newest: [
    ...both,
    ...['copy_files', 'hub_mixin', 'repocard', 'snapshot_download', 'upload_pipeline', 'verification'],
    ...['xet_download', 'xet_upload'],
  ],
  // Its repocard asks the public hub, whichever hub it uses, its hub_mixin needs PyTorch, and its xet_upload expects Xet,
  // which only clients that know nothing else are told of
  oldest: [...both, 'auth_cli', 'cache_layout', 'cache_no_symlinks', 'repository', 'snapshot_download'],
}
/** What CI runs, as `pytest -k` takes it. */
const part = 'ApiEndpoints or BranchEndpoint or TagEndpoint or RepoFileExists or XetUpload'
const partFiles = { newest: ['hf_api', 'xet_upload'], oldest: ['hf_api'] }
/** Names and hosts that the tests take for granted, which aren't ours or can't be. */
const names = {
  __DUMMY_HUB_USER__: 'dummy-user',
  __DUMMY_TRANSFORMERS_USER__: 'dummy-user',
  valid_org_hub: 'valid-org-hub',
}
const own = (name: string) => fileURLToPath(new URL(`suites/${name}`, import.meta.url))

let hub: TestHub
let people: Record<'user' | 'other' | 'enterprise', Person>
const found = new Set<string>()

before(async () => {
  hub = await startTestHub()
  const { people: members } = await hub.organization('valid-org-hub', { 'dummy-user': 'admin' })
  const { people: admins } = await hub.organization('EnterpriseOrgPrivate', { EnterpriseAdmin: 'admin' })
  people = {
    user: members['dummy-user'] ?? assert.fail(),
    other: await hub.person('DVUser'),
    enterprise: admins.EnterpriseAdmin ?? assert.fail(),
  }
  const { db } = hub
  await db.updateTable('users').set({ fullname: 'Dummy User' }).where('id', '=', people.user.id).execute()
  await db.updateTable('organizations').set({ fullname: 'Dummy Hub Org' }).where('name', '=', 'valid-org-hub').execute()
  await db
    .updateTable('organizations')
    .set({ repo_visibility: 'private' })
    .where('name', '=', 'EnterpriseOrgPrivate')
    .execute()
})

/** A copy of the tests that knows the hub, in the folder `tests`, as they name each other. */
function copy(version: string, to: string): void {
  writeFileSync(join(to, '__init__.py'), '')
  for (const name of readdirSync(testsOf(version)).filter((file) => file.endsWith('.py'))) {
    let text = readFileSync(join(testsOf(version), name), 'utf8')
    for (const [from, ours] of Object.entries(names)) text = text.replaceAll(from, ours)
    // The hub that they would use
    text = text.replaceAll(/https:\/\/hub-ci[.a-z]+/g, hub.url)
    writeFileSync(join(to, name), text)
  }
  copyFileSync(own('conftest.py'), join(to, 'conftest.py'))
}

/** Runs them; returns pytest's last line. */
async function run(client: keyof typeof files, version: string): Promise<string> {
  const machine = makeMachine(hub.url, undefined, client)
  const folder = machine.folder('tests')
  copy(version, folder)
  const wanted = (isLong ? files : partFiles)[client].map((name) => `tests/test_${name}.py`)
  const there = wanted.filter((name) => existsSync(join(machine.home, name)))
  const options = ['-q', '--tb=short', '--timeout=300', '-p', 'no:cacheprovider', '-m', 'not production']
  const outcome = await machine.run(
    pythonOf(client),
    ['-m', 'pytest', ...options, ...(isLong ? [] : ['-k', part]), ...there],
    {
      ...{ cwd: machine.home, timeout },
      env: {
        ...{ PYTHONPATH: `${runner}:${machine.home}`, PYTHONWARNINGS: '', PYTHONDONTWRITEBYTECODE: '1' },
        ...{ LEFT_OUT: own('left-out.txt'), FOUND: join(machine.home, 'found') },
        ...{ USER: people.user.name, TOKEN: people.user.token },
        ...{ OTHER_USER: people.other.name, OTHER_TOKEN: people.other.token },
        ...{ ENTERPRISE_USER: people.enterprise.name, ENTERPRISE_TOKEN: people.enterprise.token },
        ENTERPRISE_ORG: 'EnterpriseOrgPrivate',
      },
    },
  )
  succeeded({ ...outcome, text: outcome.text.slice(-50_000) })
  for (const line of readFileSync(join(machine.home, 'found'), 'utf8').split('\n')) found.add(line)
  return outcome.stdout.trim().split('\n').at(-1) ?? ''
}

describe("the Python client's own tests", () => {
  const missing: string[] = []
  for (const client of ['newest', 'oldest'] as const) {
    const version = versionIn(pythonOf(client))
    const isThere = version !== undefined && existsSync(testsOf(version))
    if (!isThere) missing.push(client)
    const skip = !isThere && `no tests of the ${client} client; \`node tests/clients/suites/install.ts\` fetches them`
    if (skip) process.stdout.write(`# skipped: ${skip}\n`)
    test(`of the ${client}, ${version}, hold`, { skip, timeout }, async (t) => {
      t.diagnostic(await run(client, version ?? ''))
    })
  }

  after(() => {
    if (!isLong || missing.length > 0 || process.env.GUILDHALL_NEWEST_PYTHON !== undefined) return
    const listed = readFileSync(own('left-out.txt'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    assert.deepEqual(
      listed.filter((line) => !found.has(line)),
      [],
      'these lines of left-out.txt match no test',
    )
  })
})
