import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { now } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { startTestHub } from '../hub.ts'
import { publishedFile } from '../published.ts'
import { connect, type Provider, userOf } from '../scim.ts'

// What SCIM answers, held against the published schemas. Lists of resource types and schemas are ListResponses here, as
// RFC 7644 §4 has them, and published as plain arrays.

interface Published {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>>
}

const text = publishedFile('contract/scim.json')
const skip = text === undefined ? 'the published schemas are not beside this checkout' : false
const published = text === undefined ? undefined : (JSON.parse(text) as Published)
const ajv = new Ajv2020({ strict: false, allErrors: true })
;(formats as unknown as (instance: unknown) => void)(ajv)

function schemaOf(base: string, tail: string, method: string, status: number): object {
  const found = published?.paths[`/api/organizations/{name}/${base}/v2${tail}`]?.[method]?.responses[status]?.content
  assert.ok(found, `${method} ${base} ${tail} ${status} is published`)
  return Object.values(found)[0]?.schema as object
}

function requireValid(schema: object, body: unknown): void {
  assert.ok(ajv.validate(schema, body), ajv.errorsText())
}

const hub = await startTestHub()
const ada = await hub.person('ada')
await hub.person('zoe')

/** Makes an organization own its accounts, with a domain in which they can be. */
async function manage(orgId: string): Promise<void> {
  await hub.db.updateTable('organizations').set({ managed_since: now() }).where('id', '=', orgId).execute()
  const times = { added_at: now(), verified_at: now() }
  const domain = { id: newId(), org_id: orgId, domain: 'acme.example', token: newId(), state: 'verified' } as const
  await hub.db
    .insertInto('organization_domains')
    .values({ ...domain, ...times })
    .execute()
}

const bases = [
  { base: 'scim-provisioning', org: 'acme', email: 'zoe@example.org' },
  { base: 'scim', org: 'acme-managed', email: 'zoe@acme.example' },
] as const

for (const { base, org, email } of bases)
  describe(`what SCIM answers at /${base}`, { skip }, () => {
    let idp: Provider
    let id: string
    let group: string
    before(async () => {
      const made = await hub.organization(org, { ada: 'admin' })
      if (base === 'scim') await manage(made.id)
      idp = await connect(hub, { admin: ada, org, base })
    })

    const valid = (tail: string, method: string, status: number, body: unknown) =>
      requireValid(schemaOf(base, tail, method, status), body)

    test('Users', async () => {
      const made = await idp.ask('POST', '/Users', userOf(email))
      id = made.body.id
      valid('/Users', 'post', 201, made.body)
      assert.match(made.body.meta.location, new RegExp(`/${org}/${base}/v2/Users/${id}$`))
      valid('/Users', 'get', 200, (await idp.ask('GET', '/Users')).body)
      valid('/Users/{userId}', 'get', 200, (await idp.ask('GET', `/Users/${id}`)).body)
      const patched = await idp.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
      valid('/Users/{userId}', 'patch', 200, patched.body)
      const put = await idp.ask('PUT', `/Users/${id}`, userOf(email))
      valid('/Users/{userId}', 'put', 200, put.body)
    })

    test('Groups', async () => {
      const made = await idp.ask('POST', '/Groups', { displayName: 'engineers', members: [{ value: id }] })
      group = made.body.id
      valid('/Groups', 'post', 201, made.body)
      valid('/Groups', 'get', 200, (await idp.ask('GET', '/Groups')).body)
      valid('/Groups', 'get', 200, (await idp.ask('GET', '/Groups?excludedAttributes=members')).body)
      valid('/Groups/{groupId}', 'get', 200, (await idp.ask('GET', `/Groups/${group}`)).body)
      const put = await idp.ask('PUT', `/Groups/${group}`, { displayName: 'leads', members: [{ value: id }] })
      valid('/Groups/{groupId}', 'put', 200, put.body)
      const path = `/Groups/${group}?attributes=displayName,members,externalId,meta`
      const patched = await idp.patch(path, { op: 'replace', path: 'displayName', value: 'heads' })
      valid('/Groups/{groupId}', 'patch', 200, patched.body)
    })

    // Published for Managed SSO alone, and answered on both
    test('discovery documents', async () => {
      const config = await idp.ask('GET', '/ServiceProviderConfig')
      requireValid(schemaOf('scim', '/ServiceProviderConfig', 'get', 200), config.body)
      for (const tail of ['/ResourceTypes', '/Schemas']) {
        const { body } = await idp.ask('GET', tail)
        assert.equal(body.totalResults, 2)
        requireValid(schemaOf('scim', tail, 'get', 200), body.Resources)
      }
      const uri = 'urn:ietf:params:scim:schemas:core:2.0:User'
      const schema = await idp.ask('GET', `/Schemas/${uri}`)
      requireValid(schemaOf('scim', '/Schemas/{schemaId}', 'get', 200), schema.body)
      assert.equal((await idp.ask('GET', '/ResourceTypes/User')).body.endpoint, '/Users')
      assert.equal((await idp.ask('GET', '/Schemas/urn:none')).status, 404)
    })

    test('the base of the other kind of organization is 404', async () => {
      const other = base === 'scim' ? 'scim-provisioning' : 'scim'
      assert.equal((await hub.request(idp.token, 'GET', `/api/organizations/${org}/${other}/v2/Users`)).status, 404)
    })
  })
