import type { FastifyRequest } from 'fastify'
import { deadLink } from '../../access/authorize.ts'
import { readLink } from '../../lfs/bytes/links.ts'
import type { Dialect, Door, Fields } from './dialect.ts'
import { hub } from './hub.ts'
import { lfs } from './lfs.ts'

/** The bytes of a large file by a signed link, which says for whom it was made and what it is about. */
export const link: Dialect = { ...hub, identify: byLink, isTransport: true }

/** Git LFS by a signed link. */
export const lfsLink: Dialect = { ...lfs, identify: byLink, challenge: hub.challenge }

/** The data of a file by Xet. Clients ask for a new link only after a `403`: every other refusal ends their download. */
export const data: Dialect = {
  ...link,
  refusal: (refusal) => (refusal.status === 401 || refusal.status === 404 ? deadLink() : refusal),
}

// The decision is asked all the same.
function byLink(request: FastifyRequest, { key }: Door): ReturnType<Dialect['identify']> {
  const claims = readLink(key, String((request.params as Fields).link))
  if (claims === undefined) throw deadLink()
  const { repoId, userId, tokenId, tokenLast4, isScoped, sessionId } = claims
  const target = { repoId }
  if (userId === null) return { credential: { kind: 'none' }, target }
  return { credential: { kind: 'link', userId, tokenId, tokenLast4, isScoped, sessionId }, target }
}
