import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { type Person, startTestHub } from '../hub.ts'
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
const { people } = await hub.organization('acme', { ada: 'admin' })
const ada = people.ada as Person

describe('what SCIM answers', { skip }, () => {
  let acme: Provider
  let id: string
  let group: string
  before(async () => {
    acme = await connect(hub, { admin: ada, org: 'acme' })
    await hub.person('zoe')
  })

  const base = 'scim-provisioning'
  const valid = (tail: string, method: string, status: number, body: unknown) =>
    requireValid(schemaOf(base, tail, method, status), body)

  test('Users', async () => {
    const made = await acme.ask('POST', '/Users', userOf('zoe@example.org'))
    id = made.body.id
    valid('/Users', 'post', 201, made.body)
    valid('/Users', 'get', 200, (await acme.ask('GET', '/Users')).body)
    valid('/Users/{userId}', 'get', 200, (await acme.ask('GET', `/Users/${id}`)).body)
    const patched = await acme.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
    valid('/Users/{userId}', 'patch', 200, patched.body)
    const put = await acme.ask('PUT', `/Users/${id}`, userOf('zoe@example.org'))
    valid('/Users/{userId}', 'put', 200, put.body)
  })

  test('Groups', async () => {
    const made = await acme.ask('POST', '/Groups', { displayName: 'engineers', members: [{ value: id }] })
    group = made.body.id
    valid('/Groups', 'post', 201, made.body)
    valid('/Groups', 'get', 200, (await acme.ask('GET', '/Groups')).body)
    valid('/Groups', 'get', 200, (await acme.ask('GET', '/Groups?excludedAttributes=members')).body)
    valid('/Groups/{groupId}', 'get', 200, (await acme.ask('GET', `/Groups/${group}`)).body)
    const put = await acme.ask('PUT', `/Groups/${group}`, { displayName: 'leads', members: [{ value: id }] })
    valid('/Groups/{groupId}', 'put', 200, put.body)
    const path = `/Groups/${group}?attributes=displayName,members,externalId,meta`
    const patched = await acme.patch(path, { op: 'replace', path: 'displayName', value: 'heads' })
    valid('/Groups/{groupId}', 'patch', 200, patched.body)
  })

  // Published for Managed SSO alone, and answered on both
  test('discovery documents', async () => {
    const config = await acme.ask('GET', '/ServiceProviderConfig')
    requireValid(schemaOf('scim', '/ServiceProviderConfig', 'get', 200), config.body)
    for (const tail of ['/ResourceTypes', '/Schemas']) {
      const { body } = await acme.ask('GET', tail)
      assert.equal(body.totalResults, 2)
      requireValid(schemaOf('scim', tail, 'get', 200), body.Resources)
    }
    const uri = 'urn:ietf:params:scim:schemas:core:2.0:User'
    const schema = await acme.ask('GET', `/Schemas/${uri}`)
    requireValid(schemaOf('scim', '/Schemas/{schemaId}', 'get', 200), schema.body)
    assert.equal((await acme.ask('GET', '/ResourceTypes/User')).body.endpoint, '/Users')
    assert.equal((await acme.ask('GET', '/Schemas/urn:none')).status, 404)
  })
})
