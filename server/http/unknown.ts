import type { FastifyReply, FastifyRequest } from 'fastify'
import { badToken } from '../access/authorize.ts'
import { type Credential, type Facts, loadFacts } from '../access/facts.ts'
import { HubError } from '../kernel/errors.ts'
import type { Db } from '../store/database.ts'
import { countPage } from './counting.ts'
import { isForPrograms } from './dialects/addresses.ts'
import { dialectAt } from './dialects/choice.ts'
import type { Server } from './services.ts'
import type { KnownRoutes } from './wire/known-routes.ts'

// What the clients may ask for and this hub does not have: said by name, not as if it were a mistake of theirs.
const unbuilt: [path: RegExp, what: string][] = [
  [/^\/api\/(models|datasets|spaces)\/[^/]+\/[^/]+\/discussions(\/|$)/, 'Discussions and pull requests are'],
  [/^\/api\/collections(\/|$)/, 'Collections are'],
  [/^\/api\/settings\/webhooks(\/|$)/, 'Webhooks are'],
  [/^\/api\/users\/[^/]+\/likes$/, 'Likes are'],
  [/^\/api\/(models|datasets)-tags-by-type$/, 'Tags by type are'],
  [/^\/api\/(jobs|scheduled-jobs)(\/|$)/, 'Jobs are'],
  [/^(\/api)?\/buckets(\/|$)/, 'Buckets are'],
  [/^(\/api)?\/(papers|daily_papers)(\/|$)/, 'Papers are'],
  [/^\/api\/kernels(\/|$)/, 'Kernels are'],
  [/^\/api\/datasets\/[^/]+\/[^/]+\/leaderboard$/, 'Leaderboards are'],
  [/^\/api\/models\/[^/]+\/[^/]+\/safetensors-metadata\/./, 'Metadata of sharded safetensors files is'],
  [/^\/api\/spaces\/semantic-search$/, 'Semantic search is'],
  [/^\/api\/spaces\/templates$/, 'Templates for Spaces are'],
  [/^\/oauth\/(authorize|userinfo|register)$/, 'Signing in to other applications with an account of this server is'],
  [/^\/api\/spaces\/[^/]+\/[^/]+\/(user-access-(request|report)|ask-access)(\/|$)/, 'Gated Spaces are'],
  [/^\/api\/(models|datasets|spaces)\/[^/]+\/[^/]+\/(like|likers)(\/|$)/, 'Likes are'],
  [
    /^\/api\/spaces\/[^/]+\/[^/]+\/(secrets|variables|hardware|restart|pause|runtime|sleeptime|volumes)(\/|$)/,
    'Running spaces is',
  ],
]

// Old names of models have one part; here every repository has an owner, so these are none.
const ownerless = [
  /^\/api\/(models|datasets|spaces)\/[^/]+(\/.*)?$/,
  /^(\/datasets|\/spaces)?\/[^/]+\/(resolve|raw)\/[^/]+\/.+$/,
  /^(\/datasets|\/spaces)?\/[^/]+\/(info\/refs|git-(upload|receive)-pack|info\/lfs\/.*)$/,
]

/** Answers every request that no route takes: a page to browsers, and to programs what is missing, or which methods there are. */
export function answerUnknown(server: Server, page: (reply: FastifyReply) => FastifyReply, known: KnownRoutes): void {
  const { app, db, hub } = server
  // The only method whose body the framework looks at first
  app.addHook('onRequest', async ({ method, url }) => {
    if (method === 'QUERY') throw wrongMethod(method, known.methodsAt(url))
  })
  app.setNotFoundHandler(async (request, reply) => {
    if (wantsPage(request)) return page(reply.headers(await countPage(server, request)))
    const { actor } = await factsOf(db, dialectAt(request.url).identify(request, hub).credential)
    const methods = known.methodsAt(request.url)
    // A file of the pages that is gone has a route, but nothing behind it
    const isKnown = methods.length > 0 && !methods.includes(request.method)
    throw isKnown ? wrongMethod(request.method, methods) : refusalOf(pathOf(request), actor)
  })
}

// RFC 9110 §15.5.6
function wrongMethod(method: string, methods: string[]): HubError {
  const allowed = methods.sort().join(', ')
  const sentence = `This URL does not support ${method}. Use ${allowed}.`
  return new HubError('MethodNotAllowed', sentence, { headers: { Allow: allowed } })
}

// As the router reads it: escapes stand for what they mean
function pathOf(request: FastifyRequest): string {
  const path = request.url.split('?')[0] ?? ''
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

// A bad token is refused wherever it is shown.
async function factsOf(db: Db, credential: Credential): Promise<Facts> {
  const facts = await loadFacts(db, credential, {})
  if (credential.kind === 'token' && facts.actor === undefined) throw badToken()
  return facts
}

function refusalOf(path: string, actor: Facts['actor']): HubError {
  const missing = unbuilt.find(([form]) => form.test(path))
  if (missing) return new HubError('NotImplemented', `${missing[1]} not supported by this server.`)
  if (!ownerless.some((form) => form.test(path))) return new HubError('NotFound', 'Not found')
  if (actor !== undefined) return new HubError('RepoNotFound', 'Repository not found')
  return new HubError('RepoNotFound', 'Invalid username or password.', { status: 401 })
}

// What clients give out as the address of what was pushed, and programs look up as it is
const ofCommit = /^(\/datasets|\/spaces)?\/[^/]+\/[^/]+\/commit\/[0-9a-f]{40}$/

function wantsPage(request: FastifyRequest): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const path = pathOf(request)
  if (!isRead || isForPrograms(path)) return false
  // Programs take anything, and must hear that there is nothing; the first page is there for all
  return path === '/' || ofCommit.test(path) || (request.headers.accept ?? '').includes('text/html')
}
