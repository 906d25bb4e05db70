import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done, guildhall, json, type Variables } from './command-line.ts'
import { type Person, startTestHub } from './hub.ts'
import { done as answered, startManagedLab } from './managed-lab.ts'
import { connect, type Provider } from './scim.ts'

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const names = ['mia', 'ned', 'oda', 'pia', 'quy', 'rex', 'sol']
const members = Object.fromEntries(names.map((name) => [name, 'read' as const]))
const acme = await hub.organization('acme', { ada: 'admin', amy: 'admin', ...members })
const ada = acme.people.ada as Person
await hub.request(ada, 'POST', '/api/organizations/acme/resource-groups', { name: 'vision' })
const variables: Variables = { HF_ENDPOINT: hub.url, HF_TOKEN: ada.token }
const of = (name: string, ...more: string[]) => ['scim', name, '--org', 'acme', ...more]
const opens = async (token: string) =>
  (await hub.request(token, 'GET', '/api/organizations/acme/scim-provisioning/v2/Users')).status

test('a SCIM token is created, rotated, and revoked', async () => {
  const made = await json(of('create-token', '--name', 'Okta'), variables)
  assert.equal(await opens(made.token), 200)
  const rotated = await json(of('rotate-token', '--id', made.id), variables)
  assert.deepEqual([await opens(made.token), await opens(rotated.token)], [401, 200])
  assert.match((await done(of('show'), variables)).stdout, /Tenant URL: .*\/acme\/scim-provisioning\/v2\n/)
  await done(of('revoke-token', '--id', made.id), variables)
  assert.equal(await opens(rotated.token), 401)
  assert.match((await done(of('show'), variables)).stdout, /No SCIM tokens/)
})

test('a group is linked, and held removals are approved and denied', async () => {
  const idp: Provider = await connect(hub, { admin: ada, org: 'acme' })
  const ids: string[] = []
  for (const name of names) ids.push(await idp.provision(`${name}@example.org`))
  await idp.ask('POST', '/Groups', { displayName: 'engineers', members: ids.map((value) => ({ value })) })
  const link = of('link', '--group', 'engineers', '--to', 'vision:write')
  assert.match((await done([...link, '--dry-run'], variables)).stdout, /^Would change people: 7 get access/)
  await done(link, variables)
  assert.match((await done(of('groups'), variables)).stdout, /engineers +7 +vision:write/)
  const wrong = await guildhall(of('link', '--group', 'engineers', '--to', 'vision:owner'), variables)
  assert.deepEqual([wrong.code === 0, /must be like speech:write/.test(wrong.stderr)], [false, true])
  for (const id of ids) await idp.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
  const held = await json(of('held'), variables)
  assert.deepEqual(held.map(({ summary }: { summary: string }) => summary).sort(), ['deactivate rex', 'deactivate sol'])
  const idOf = (what: string) => held.find(({ summary }: { summary: string }) => summary === what).id
  assert.match((await done(of('approve', '--id', idOf('deactivate rex')), variables)).stdout, /carried out/)
  await done(of('deny', '--id', idOf('deactivate sol')), variables)
  const isMember = async (name: string) =>
    (await hub.request(ada, 'GET', `/api/organizations/acme/members/${name}`)).status === 200
  assert.deepEqual([await isMember('rex'), await isMember('sol')], [false, true])
  assert.match((await done(of('operations', '--errors'), variables)).stdout, /PATCH +User +sol@example.org +503/)
})

test('an organization is converted to Managed SSO and back', async () => {
  const managed = (name: string, ...more: string[]) => ['org', 'managed', name, '--org', 'acme', ...more]
  assert.match((await done(managed('show'), variables)).stdout, /doesn’t manage accounts[\s\S]*Missing: Enforce SSO\./)
  const { addDomain, enforce, ada: atBrowser, at } = await startManagedLab(hub, acme.id)
  await addDomain('example.org')
  await enforce()
  const plan = (await done(managed('convert', '--dry-run'), variables)).stdout
  assert.match(plan, /sol +read +managed[\s\S]*Keep their own account: 2\.\nDry run\. Nothing was changed\./)
  assert.notEqual((await guildhall(managed('convert'), variables)).code, 0, 'takes the name')
  await done(managed('convert', '--confirm', 'acme'), variables)
  assert.match((await done(managed('show'), variables)).stdout, /acme manages 1 account\./)
  assert.match((await done(of('show'), variables)).stdout, /\/acme\/scim\/v2\n/)
  await done(managed('convert-back', '--confirm', 'acme'), variables)
  assert.equal((await answered(atBrowser.send('GET', at('/settings/sso/managed')))).managed, false)
})
