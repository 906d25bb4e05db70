import { deadLink } from '../access/authorize.ts'
import type { AnyPermit } from '../access/permit.ts'
import { secondsFromNow } from '../kernel/clock.ts'
import type { LfsObject } from '../lfs/bytes.ts'
import { type LinkClaims, type LinkOperation, longestLinkSeconds, readLink, signLink } from '../lfs/links.ts'
import type { Db } from '../store/database.ts'
import { isUploading } from './lfs-store.ts'

/** Where a client is to go, as git-lfs has it. */
export interface LfsAction {
  href: string
  header?: Record<string, string>
  expires_in: number
  expires_at: string
}

type Asking = Pick<AnyPermit, 'actor' | 'hub'> & { repo: { id: string } }

/** Makes the address of a link for whoever asks, on one object. */
export function linkTo(
  { actor, hub, repo }: Asking,
  op: LinkOperation,
  object: LfsObject,
  more: { uploadId?: string; part?: number } = {},
): string {
  const claims: LinkClaims = {
    ...{ op, repoId: repo.id, oid: object.oid, size: object.size, ...more },
    userId: actor?.id ?? null,
    tokenId: actor?.token?.id ?? null,
    sessionId: actor?.session?.id ?? null,
  }
  return `${hub.publicUrl}/api/lfs/${signLink(hub.key, claims, longestLinkSeconds)}`
}

/** The action behind an address made just now. */
export function actionAt(href: string, header?: Record<string, string>): LfsAction {
  return {
    href,
    ...(header && { header }),
    expires_in: longestLinkSeconds,
    expires_at: secondsFromNow(longestLinkSeconds).toISOString(),
  }
}

/**
 * What a link says, for a rule that was permitted by it; throws when it is for something else. A link of an upload that
 * takes longer than links live is good for ten minutes more after each part or object that arrived by it or its like.
 */
export async function claimsOf(
  db: Db,
  permit: Asking,
  link: string,
  operations: readonly LinkOperation[],
): Promise<LinkClaims> {
  const claims = readLink(permit.hub.key, link)
  if (claims === undefined || claims.repoId !== permit.repo.id || !operations.includes(claims.op)) throw deadLink()
  if (!claims.isLate) return claims
  const upload = { repoId: claims.repoId, uploadId: claims.uploadId, by: permit.actor?.id ?? '' }
  if (!(await isUploading(db, upload, secondsFromNow(-longestLinkSeconds)))) throw deadLink()
  return claims
}
