import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { maxScimBodyBytes, mostScimResults, type ScimBase } from '../../api/scim.ts'
import type { Permit } from '../access/permit.ts'
import { HubError } from '../kernel/errors.ts'
import type { Links } from '../mail/links.ts'
import type { Db } from '../store/database.ts'
import { locationOf, requireBase } from './base.ts'
import { listOf } from './protocol/body.ts'
import { schemaDefinitions } from './protocol/schemas.ts'

type Scim = typeof api.scim
type ReadPermit = Permit<'scim.read'>

const core = 'urn:ietf:params:scim:schemas:core:2.0'

function placesIn(links: Links, { org }: ReadPermit, base: ScimBase) {
  return (resourceType: string, path: `/${string}`) => {
    return { resourceType, location: locationOf(links, { org: org.name, base }, path) }
  }
}

/** What SCIM supports here. */
export async function getServiceProviderConfig(
  _db: Db,
  permit: ReadPermit,
  { scimBase }: InputOf<Scim['getServiceProviderConfig']>,
  links: Links,
): Promise<ResultOf<Scim['getServiceProviderConfig']>> {
  requireBase(permit.org, scimBase)
  return {
    schemas: [`${core}:ServiceProviderConfig`],
    documentationUri: `${links.publicUrl}/docs/scim`,
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: maxScimBodyBytes },
    filter: { supported: true, maxResults: mostScimResults },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A SCIM token of the organization, in the Authorization header.',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        documentationUri: `${links.publicUrl}/docs/scim`,
      },
    ],
    meta: placesIn(links, permit, scimBase)('ServiceProviderConfig', '/ServiceProviderConfig'),
  }
}

const resourceTypes = [
  { id: 'User', endpoint: '/Users', description: 'A person in the organization' },
  { id: 'Group', endpoint: '/Groups', description: 'A group of people, linked to resource groups by admins' },
] as const

function typeReply({ id, endpoint, description }: (typeof resourceTypes)[number], meta: { location: string }) {
  const schemas = [`${core}:ResourceType`]
  return { schemas, id, name: id, description, endpoint, schema: `${core}:${id}`, meta }
}

/** Lists the types of resources. */
export async function listResourceTypes(
  _db: Db,
  permit: ReadPermit,
  { scimBase }: InputOf<Scim['listResourceTypes']>,
  links: Links,
): Promise<ResultOf<Scim['listResourceTypes']>> {
  requireBase(permit.org, scimBase)
  const all = resourceTypes.map((type) =>
    typeReply(type, placesIn(links, permit, scimBase)('ResourceType', `/ResourceTypes/${type.id}`)),
  )
  return listOf(all, all.length, 1)
}

/** Reads one type of resources. */
export async function getResourceType(
  db: Db,
  permit: ReadPermit,
  input: InputOf<Scim['getResourceType']>,
  links: Links,
): Promise<ResultOf<Scim['getResourceType']>> {
  return one((await listResourceTypes(db, permit, input, links)).Resources, input.id)
}

/** Lists the schemas of users and groups: the attributes that are kept. */
export async function listSchemas(
  _db: Db,
  permit: ReadPermit,
  { scimBase }: InputOf<Scim['listSchemas']>,
  links: Links,
): Promise<ResultOf<Scim['listSchemas']>> {
  requireBase(permit.org, scimBase)
  const all = schemaDefinitions.map((definition) => ({
    schemas: [`${core}:Schema`],
    ...definition,
    meta: placesIn(links, permit, scimBase)('Schema', `/Schemas/${definition.id}`),
  }))
  return listOf(all, all.length, 1)
}

/** Reads one schema by its URI. */
export async function getSchema(
  db: Db,
  permit: ReadPermit,
  input: InputOf<Scim['getSchema']>,
  links: Links,
): Promise<ResultOf<Scim['getSchema']>> {
  return one((await listSchemas(db, permit, input, links)).Resources, input.id)
}

function one<Item extends { schemas: string[]; id?: unknown }>(all: readonly Item[], id: string): Item {
  const found = all.find((each) => String(each.id).toLowerCase() === id.toLowerCase())
  if (found === undefined) throw new HubError('NotFound', `${id.slice(0, 100)} not found.`)
  return found
}
