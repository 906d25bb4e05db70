import type { FastifyRequest } from 'fastify'
import { badToken, deadLink } from '../../access/authorize.ts'
import { casName, readCasToken } from '../../lfs/xet/tokens.ts'
import { bearerIn } from './caller.ts'
import type { Dialect, Door, Fields } from './dialect.ts'
import { hub } from './hub.ts'

/** Uploads by Xet: with the token that was given for one repository, at the address that was given with it. */
export const cas: Dialect = { ...hub, identify: byCasToken, isTransport: true, addresses: /^\/xet(\/|$)/ }

// The decision is asked all the same.
function byCasToken({ headers, params, method }: FastifyRequest, { key }: Door): ReturnType<Dialect['identify']> {
  const claims = readCasToken(key, bearerIn(headers.authorization ?? '') ?? '')
  if (claims === undefined) throw badToken()
  const { cas: address } = (params ?? {}) as Fields
  // What no route has is answered without one
  const isItsOwn = address === undefined || address === casName(claims)
  if (!isItsOwn || (method === 'POST' && !claims.mayWrite)) throw deadLink()
  const { repoId, userId, tokenId, tokenLast4, isScoped, sessionId } = claims
  const target = { repoId }
  if (userId === null) return { credential: { kind: 'none' }, target }
  return { credential: { kind: 'link', userId, tokenId, tokenLast4, isScoped, sessionId }, target }
}
