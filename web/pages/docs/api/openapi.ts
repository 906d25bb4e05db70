/** A JSON schema, as far as this page reads it. */
export interface Schema {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  format?: string
  default?: unknown
  description?: string
  additionalProperties?: boolean | Schema
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  maxItems?: number
}

export interface Parameter {
  name: string
  in: 'path' | 'query'
  required?: boolean
  description?: string
  schema: Schema
}

/** An operation as the document of the hub describes it. */
interface Described {
  operationId?: string
  tags?: string[]
  summary?: string
  description?: string
  security?: Record<string, unknown>[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content?: Record<string, { schema?: Schema }> }
  responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>
}

export interface OpenApi {
  info: { title: string; version: string }
  servers?: { url: string }[]
  paths: Record<string, Record<string, Described>>
}

/** One operation, ready to be shown. */
export interface ApiOperation {
  /** Unique on the page, and stable: links to it go on working. */
  id: string
  method: string
  path: string
  tag: string
  summary: string
  description: string
  /** Who may send it: anyone, anyone with a token or session, or only a browser session. */
  caller: 'anybody' | 'token' | 'session'
  parameters: Parameter[]
  body: Schema | undefined
  bodyRequired: boolean
  status: string
  reply: Schema | undefined
  replyType: string
  /** What the filter looks through, in lower case. */
  words: string
}

const repoTypes = ['models', 'datasets', 'spaces'] as const
const repoType: Parameter = {
  name: 'repoType',
  in: 'path',
  required: true,
  description: 'Which kind of repository.',
  schema: { type: 'string', enum: [...repoTypes] },
}

/** Every operation of the document; those that are the same for models, data sets and spaces stand there once. */
export function readOperations(document: OpenApi): ApiOperation[] {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ path, method, described })),
  )
  const all = new Set(operations.map(({ path, method }) => `${method} ${path}`))
  return operations.flatMap(({ path, method, described }) => {
    const kind = repoTypes.find((type) => path === `/api/${type}` || path.startsWith(`/api/${type}/`))
    const rest = kind === undefined ? '' : path.slice(`/api/${kind}`.length)
    const forAll = kind !== undefined && repoTypes.every((type) => all.has(`${method} /api/${type}${rest}`))
    if (!forAll) return [operationOf(path, method, described)]
    if (kind !== repoTypes[0]) return []
    const parameters = [repoType, ...(described.parameters ?? [])]
    return [operationOf(`/api/{repoType}${rest}`, method, { ...described, parameters })]
  })
}

function operationOf(path: string, method: string, described: Described): ApiOperation {
  const { tags = [], summary = '', description = '', parameters = [], requestBody } = described
  const [status = '200', answer] =
    Object.entries(described.responses ?? {}).find(([code]) => code.startsWith('2')) ?? []
  const [replyType = 'application/json', content] = Object.entries(answer?.content ?? {})[0] ?? []
  const tag = tags[0] ?? 'Other'
  return {
    id: `${method}${path.replace(/^\/api/, '').replace(/[^A-Za-z0-9]+/g, '-')}`.replace(/-$/, ''),
    method: method.toUpperCase(),
    path,
    tag,
    summary,
    description,
    caller: callerOf(described.security ?? []),
    parameters,
    body: Object.values(requestBody?.content ?? {})[0]?.schema,
    bodyRequired: requestBody?.required ?? false,
    status,
    reply: content?.schema,
    replyType,
    words: `${method} ${path} ${tag} ${summary} ${description}`.toLowerCase(),
  }
}

function callerOf(security: Record<string, unknown>[]): ApiOperation['caller'] {
  if (security.length === 0 || security.some((way) => Object.keys(way).length === 0)) return 'anybody'
  return security.some((way) => 'token' in way) ? 'token' : 'session'
}

/** The operations that hold every one of these words. */
export function filterOperations(operations: ApiOperation[], search: string): ApiOperation[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean)
  return operations.filter(({ words }) => wanted.every((word) => words.includes(word)))
}

/** The operations by tag, in the order in which the tags first come; what only operators need comes last. */
export function groupByTag(operations: ApiOperation[]): [string, ApiOperation[]][] {
  const groups = new Map<string, ApiOperation[]>()
  for (const operation of operations) {
    groups.set(operation.tag, [...(groups.get(operation.tag) ?? []), operation])
  }
  return [...groups].toSorted(([a], [b]) => Number(a === 'Instance') - Number(b === 'Installation'))
}
