import { deadLink } from '../../access/authorize.ts'
import type { Actor } from '../../access/facts.ts'
import { secondsFromNow } from '../../kernel/clock.ts'
import type { InstanceKey } from '../../kernel/secret.ts'
import type { LfsObject } from '../../lfs/bytes/bytes.ts'
import { type LinkClaims, type LinkOperation, longestLinkSeconds, readLink, signLink } from '../../lfs/bytes/links.ts'
import type { Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { isUploading } from './lfs-store.ts'

/** Where a client is to go, as git-lfs has it. */
export interface LfsAction {
  href: string
  header?: Record<string, string>
  expires_in: number
  expires_at: string
}

/** Makes and reads signed links. */
export interface LinkSigner {
  key: InstanceKey
  links: Links
}

/** Who asks for a link, or comes by one, and on which repository. */
export interface LinkHolder {
  readonly actor: Actor | undefined
  readonly repo: { readonly id: string }
}

/** Makes the address of a link for the caller, on one object. */
export function linkTo(
  { actor, repo, links, key }: LinkHolder & LinkSigner,
  op: LinkOperation,
  object: LfsObject,
  more: { uploadId?: string; part?: number } = {},
): string {
  const claims: LinkClaims = {
    ...{ op, repoId: repo.id, oid: object.oid, size: object.size, ...more },
    ...shownBy(actor),
  }
  const door = op === 'data' ? 'xet' : 'lfs'
  return `${links.publicUrl}/api/${door}/${signLink(key, claims, longestLinkSeconds)}`
}

/** What a caller came with: what is signed for them is void once that is gone. */
export function shownBy(
  actor: Actor | undefined,
): Pick<LinkClaims, 'userId' | 'tokenId' | 'tokenLast4' | 'isScoped' | 'sessionId'> {
  return {
    userId: actor?.id ?? null,
    tokenId: actor?.token?.id ?? null,
    tokenLast4: actor?.token?.last4 ?? null,
    isScoped: actor?.token?.role === 'fineGrained',
    sessionId: actor?.session?.id ?? null,
  }
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
  { actor, repo, key }: LinkHolder & { key: InstanceKey },
  link: string,
  operations: readonly LinkOperation[],
): Promise<LinkClaims> {
  const claims = readLink(key, link)
  if (claims === undefined || claims.repoId !== repo.id || !operations.includes(claims.op)) throw deadLink()
  if (!claims.isLate) return claims
  const upload = { repoId: claims.repoId, uploadId: claims.uploadId, by: actor?.id ?? '' }
  if (!(await isUploading(db, upload, secondsFromNow(-longestLinkSeconds)))) throw deadLink()
  return claims
}
