import type { FastifyReply, FastifyRequest } from 'fastify'
import { badToken } from '../access/authorize.ts'
import { type Credential, type Facts, loadFacts } from '../access/facts.ts'
import { HubError } from '../kernel/errors.ts'
import type { Db } from '../store/database.ts'
import { dialectAt } from './dialects/choice.ts'
import type { Server } from './services.ts'

// What the clients may ask for and this hub does not have: said by name, not as if it were a mistake of theirs.
const unbuilt: [path: RegExp, what: string][] = [
  [/^\/api\/(models|datasets|spaces)\/[^/]+\/[^/]+\/discussions(\/|$)/, 'Discussions and pull requests are'],
  [/^\/api\/collections(\/|$)/, 'Collections are'],
  [/^\/api\/settings\/webhooks(\/|$)/, 'Webhooks are'],
  [
    /^\/api\/(models|datasets|spaces)\/[^/]+\/[^/]+\/(user-access-(request|report)|ask-access)(\/|$)/,
    'Gated repositories are',
  ],
  [/^\/api\/(models|datasets|spaces)\/[^/]+\/[^/]+\/lfs-files\/duplicate$/, 'Copying files from another repository is'],
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

/** Answers every address that no operation has: a page to browsers, and to programs what is missing. */
export function answerUnknown({ app, db, hub }: Server, page: (reply: FastifyReply) => FastifyReply): void {
  app.setNotFoundHandler(async (request, reply) => {
    if (wantsPage(request)) return page(reply)
    const { actor } = await factsOf(db, dialectAt(request.url).identify(request, hub.key).credential)
    throw refusalOf(pathOf(request), actor)
  })
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? ''
}

// A bad token is refused wherever it is shown.
async function factsOf(db: Db, credential: Credential): Promise<Facts> {
  const facts = await loadFacts(db, credential, {})
  if (credential.kind === 'token' && facts.actor === undefined) throw badToken()
  return facts
}

function refusalOf(path: string, actor: Facts['actor']): HubError {
  const missing = unbuilt.find(([form]) => form.test(path))
  if (missing) return new HubError('NotImplemented', `${missing[1]} not part of this hub.`)
  if (!ownerless.some((form) => form.test(path))) return new HubError('NotFound', 'Not found')
  if (actor !== undefined) return new HubError('RepoNotFound', 'Repository not found')
  return new HubError('RepoNotFound', 'Invalid username or password.', { status: 401 })
}

function wantsPage(request: FastifyRequest): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const isPage = !/^\/(api|assets|\.well-known)(\/|$)|\/(resolve|raw)\/[^/]+\/|\/info\/(refs|lfs)|\.git\//.test(
    pathOf(request),
  )
  return isRead && isPage && (request.headers.accept ?? '*/*').match(/text\/html|\*\/\*/) !== null
}
