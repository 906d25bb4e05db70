import type { RawBuilder } from 'kysely'
import { sql } from '../../store/sql.ts'

/** The condition that a row of `invitations` can still be accepted. */
export function pendingInvitation(alias: string, at: Date): RawBuilder<boolean> {
  const invitation = sql.raw(alias)
  return sql<boolean>`${invitation}.state = 'pending' and ${invitation}.expires_at > ${at}`
}

/** The condition that a row of `invite_links` still lets people in. */
export function openLink(alias: string, at: Date): RawBuilder<boolean> {
  const link = sql.raw(alias)
  return sql<boolean>`${link}.revoked_at is null and ${link}.expires_at > ${at}
    and (${link}.max_uses is null or ${link}.uses < ${link}.max_uses)`
}
