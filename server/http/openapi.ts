import { z } from 'zod'
import { addressesOf, type Operation, repoTypePlurals } from '../../api/index.ts'
import { type PolicyRow, policy } from '../access/policy.ts'
import { requirements } from '../access/requirements.ts'
import { inTurns } from '../shares/turns.ts'
import { cookieName } from './dialects/caller.ts'
import { dialectOf } from './dialects/choice.ts'
import type { Server } from './services.ts'
import { type KeptText, keepText, sendKept } from './wire/compress.ts'

type Json = Record<string, unknown>

/** Serves the description of every operation, made when it is first asked for. */
export function serveDescription({ app, operations, hub }: Server, version: string): void {
  let kept: Promise<KeptText> | undefined
  app.get('/.well-known/openapi.json', async (request, reply) => {
    kept ??= describeInTurns(operations, { publicUrl: hub.publicUrl, version }).then(keepText)
    return sendKept(request, reply.type('application/json; charset=utf-8'), await kept)
  })
}

interface About {
  publicUrl: string
  version: string
}

/** The OpenAPI 3.1 document of the operations served. */
export function openApiDocument(operations: readonly Operation[], hub: About): Json {
  return documentOf([...described(operations)], hub)
}

// Half a second of work in one piece would be half a second in which no one else is answered.
async function describeInTurns(operations: readonly Operation[], hub: About): Promise<string> {
  return JSON.stringify(documentOf(await inTurns(described(operations)), hub))
}

type Described = readonly [path: string, method: string, about: Json]

function* described(operations: readonly Operation[]): Generator<Described> {
  for (const operation of operations)
    for (const [path, about] of pathsOf(operation)) yield [path, operation.method, about]
}

function documentOf(all: readonly Described[], hub: About): Json {
  const paths: Record<string, Json> = {}
  for (const [path, method, about] of all) paths[path] = { ...paths[path], [method]: about }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guildhall',
      version: hub.version,
      description: 'The API of this instance. Its pages use only these operations.',
    },
    servers: [{ url: hub.publicUrl }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An access token, `hf_…`.' },
        session: { type: 'apiKey', in: 'cookie', name: cookieName('session', hub.publicUrl) },
      },
      schemas: {
        Error: schemaOf(
          // What mends it may stand beside: the repositories in the way, or the plan that is needed.
          z.looseObject({
            error: z.string(),
            fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
          }),
          'output',
        ),
      },
    },
    paths,
  }
}

function pathsOf(operation: Operation): [string, Json][] {
  const template = operation.path.replace(/:([A-Za-z]+)/g, '{$1}').replace(/\*$/, '{path}')
  if (template.startsWith('/{repoPrefix}/'))
    return addressesOf(operation.path).map(({ path, repoType }) => [
      path.replace(/:([A-Za-z]+)/g, '{$1}').replace(/\*$/, '{path}'),
      describe(operation, repoType),
    ])
  if (!template.includes('{repoType}')) return [[template, describe(operation)]]
  return repoTypePlurals.map((type) => [template.replace('{repoType}', type), describe(operation, type)])
}

function accessWords(row: PolicyRow): string {
  if (row.requires === 'anyone') return 'No account is required.'
  return `Requires ${requirements[row.requires].words}${row.recent ? ' and a recent sign-in' : ''}.`
}

// What is public is read by everyone.
function securityOf(row: PolicyRow): Json[] {
  if (row.credential === 'session') return [{ session: [] }]
  const isPublic = row.requires === 'repoRead' || (row.requires === 'repoContent' && row.credential === 'read')
  return [...(row.requires === 'anyone' || isPublic ? [{}] : []), { token: [] }, { session: [] }]
}

function describe(operation: Operation, repoType?: string): Json {
  const row: PolicyRow = policy[operation.action as keyof typeof policy]
  const described: Json = {
    operationId: operationId(operation, repoType),
    tags: [operation.tag],
    summary: operation.summary,
    description: [operation.details, `${accessWords(row)} Action: \`${operation.action}\`.`]
      .filter(Boolean)
      .join('\n\n'),
    security: securityOf(row),
    parameters: [...parameters(operation.params, 'path', repoType), ...parameters(operation.query, 'query')],
    responses: responses(operation),
  }
  if (operation.body)
    described.requestBody = {
      required: !operation.bodyOptional,
      content: { [dialectOf(operation).bodyType ?? 'application/json']: { schema: schemaOf(operation.body, 'input') } },
    }
  return described
}

// `deleteSettingsSessionsById`: the method and the path, so that no two are alike.
function operationId({ method, path }: Operation, repoType: string | undefined): string {
  const parts = path
    .replace('/api/', '')
    .replace(/:repo(Type|Prefix)/, repoType ?? '')
    .replace('*', ':path')
    .split(/[/-]/)
  const named = parts.map((part) => (part.startsWith(':') ? `By${capital(part.slice(1))}` : capital(part)))
  return method + named.join('')
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

// Every list has them, under these names.
const pageWords: Readonly<Record<string, string>> = {
  cursor: 'Position of the next page, from the previous response.',
  limit: 'Maximum number of results.',
}

function parameters(schema: z.ZodType | undefined, where: 'path' | 'query', repoType?: string): Json[] {
  if (!(schema instanceof z.ZodObject)) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties)
    .filter(([name]) => !(repoType && name === 'repoType'))
    .map(([name, { description = where === 'query' ? pageWords[name] : undefined, ...rest }]) => ({
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    }))
}

// Without the parameters, such as the character set.
function typeOf(operation: Operation): string {
  return dialectOf(operation).mediaType.replace(/;.*/, '')
}

const csv = { 'text/csv': { schema: { type: 'string' } } }

function replyContent(operation: Operation): Json {
  const schema = schemaOf(operation.reply, 'output')
  if (operation.kind === 'content' || operation.kind === 'bytes') return { '*/*': { schema } }
  if (operation.kind !== 'stream') return { [typeOf(operation)]: { schema } }
  return schema.type === 'string' ? csv : { 'application/json': { schema }, ...csv }
}

function responses(operation: Operation): Json {
  // What is refused before an operation is found, such as a head that is too long, is plain JSON.
  const plain = { schema: { $ref: '#/components/schemas/Error' } }
  const { error } = dialectOf(operation)
  const own = error === undefined ? plain : { schema: schemaOf(error, 'output') }
  const content = { 'application/json': plain, [typeOf(operation)]: own }
  return {
    [String(operation.status ?? 200)]: {
      description: operation.summary,
      ...(operation.status !== 204 && { content: replyContent(operation) }),
    },
    '4XX': { description: 'An error, with a message that says why.', content },
    '5XX': { description: 'Not available on this server (`501`), or not at the moment (`503`).', content },
  }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  }) as Json
  return rest
}
