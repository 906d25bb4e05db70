import type { FastifyRequest } from 'fastify'
import type { Target } from '../../api/index.ts'
import type { KeyedRequest } from '../access/author.ts'
import { authorize, badToken } from '../access/authorize.ts'
import { type Credential, loadFacts, shownFrom } from '../access/facts.ts'
import type { Permit } from '../access/permit.ts'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { InstanceKey } from '../kernel/secret.ts'
import { clientAddress, refuseCrossSite, refuseUnasked, requestInfo } from './authenticate.ts'
import type { AnyOperation, Exchange, Fields } from './dialects/dialect.ts'
import { idempotencyKeyOf } from './idempotency.ts'
import type { Server } from './services.ts'

/** A request that may be answered: what its caller may do, and what they ask for. */
export interface Admitted {
  permit: Permit
  input: Fields
}

/**
 * Admits a request, or throws the refusal: its dialect identifies the caller, the policy decides, and only then is what
 * was sent read. `repoType` is what the prefix of the address means.
 */
export async function admit(server: Server, exchange: Exchange, repoType: string | undefined): Promise<Admitted> {
  const { operation, dialect, request } = exchange
  nameParams(request.params as Fields, repoType)
  const { credential: shown, target } = dialect.identify(request, server.hub)
  const info = requestInfo(request, server.hub)
  const credential = shownFrom(shown, info)
  if (credential.kind !== 'console' && mutates(operation) && !operation.crossSite)
    refuseCrossSite(request, server.hub.publicUrl)
  if (credential.kind === 'session' && operation.changes) refuseUnasked(request, server.hub.publicUrl)
  const idempotencyKey = keyFor(server.hub.key, { operation, request, credential })
  const caller = { credential, request: info, idempotencyKey }
  refuseNul(request.url)
  if (operation.locate === undefined) {
    const named = target ?? targetOf(request.params as Fields)
    const permit = await authorize(server.db, caller, actionOf(operation, request.params as Fields), named)
    return { permit, input: dialect.parse(exchange) }
  }
  const input = await parseForKnown(server, exchange, credential)
  return { permit: await authorize(server.db, caller, operation.action, operation.locate(input)), input }
}

// What these act on stands in the body, so it is read first; who is unknown still hears that before anything else.
async function parseForKnown(server: Server, exchange: Exchange, credential: Credential): Promise<Fields> {
  if (credential.kind === 'none') throw new HubError('NotSignedIn', 'Sign in, or send an access token.')
  try {
    return exchange.dialect.parse(exchange)
  } catch (error) {
    const { actor } = await loadFacts(server.db, credential, {})
    throw actor === undefined ? badToken() : error
  }
}

// What the path means beyond its letters: the type by the prefix, `.git` after the name, everything behind a `*`.
function nameParams(params: Fields, repoType: string | undefined): void {
  if (repoType !== undefined) {
    params.repoType = repoType
    params.repo = String(params.repo).replace(/\.git$/i, '')
  }
  if ('*' in params) {
    params.path = params['*']
    delete params['*']
  }
}

// A card is readable as the metadata is, whatever keeps the other files back.
function actionOf({ action, cardAction }: AnyOperation, { path }: Fields): AnyOperation['action'] {
  return cardAction !== undefined && path === 'README.md' ? (cardAction as AnyOperation['action']) : action
}

function targetOf(params: Fields): Target {
  const target: Target = {}
  if (typeof params.org === 'string') target.org = params.org
  if (typeof params.group === 'string') target.group = params.group
  if (typeof params.username === 'string') target.subject = params.username
  if (typeof params.repo === 'string') {
    const type = String(params.repoType).slice(0, -1) as NonNullable<Target['repo']>['type']
    target.repo = { type, namespace: String(params.namespace), name: params.repo }
  } else if (typeof params.namespace === 'string') {
    target.namespace = params.namespace
  }
  return target
}

// PostgreSQL cannot store NUL, and no name holds one.
function refuseNul(url: string): void {
  if (url.includes('%00')) throw new HubError('BadRequest', 'The URL must not contain %00.')
}

/** What fails because its repository was just deleted is told as that. */
export async function asGone(server: Server, permit: Permit, error: unknown): Promise<never> {
  const { repo } = permit.facts
  const isAboutRepo = !(error instanceof HubError) || error.code === 'Unavailable'
  if (repo !== undefined && isAboutRepo) await authorize(server.db, permit, permit.action, { repoId: repo.id })
  throw error
}

function mutates(operation: AnyOperation): boolean {
  return operation.method !== 'get' && !operation.reads
}

// Signing in once more does no harm, and its reply is worth nothing without the cookie, which is not kept. A key of
// no one's counts for one address, so that strangers do not get into one another's way.
function keyFor(
  seal: InstanceKey,
  { operation, request, credential }: { operation: AnyOperation; request: FastifyRequest; credential: Credential },
): KeyedRequest | undefined {
  const key = idempotencyKeyOf(request.headers['idempotency-key'])
  const isOnceAnyway = operation.action === 'session.create' || operation.kind === 'bytes'
  if (key === undefined || !mutates(operation) || isOnceAnyway) return undefined
  const own = credential.kind === 'none' ? seal.sign('idempotency key', `${clientAddress(request)} ${key}`) : key
  return { key: own, claim: newId() }
}
