import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import type { Links } from '../../mail/links.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { joinPath, newJoinToken, refuseWithSso } from '../entrance/entrance.ts'
import * as store from '../entrance/links-store.ts'
import { linkState, personReply } from '../entrance/reply.ts'

type Joining = typeof api.joining
type LinkPermit = Permit<'inviteLink.create'> | Permit<'inviteLink.regenerate'> | Permit<'inviteLink.revoke'>

/** Lists invite links with their uses, the newest first; never their secrets. */
export async function listInviteLinks(
  db: Db,
  permit: Permit<'inviteLink.list'>,
  { cursor, limit }: InputOf<Joining['listInviteLinks']>,
  links: Links,
): Promise<ResultOf<Joining['listInviteLinks']>> {
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, 1)
  const rows = await store.listLinkRows(db, { orgId: permit.org.id, before, limit: limit + 1, at: now() })
  const page = pageOf(rows, limit, ({ id }) => [id])
  return { items: page.items.map((row) => linkReply(row, links)), next: page.next }
}

/** Makes an invite link; its secret is shown this once. */
export async function createInviteLink(
  db: Db,
  permit: Permit<'inviteLink.create'>,
  input: InputOf<Joining['createInviteLink']>,
  links: Links,
): Promise<ResultOf<Joining['createInviteLink']>> {
  const { token, hash, last4 } = newJoinToken()
  const id = newId()
  return transaction(db, async (tx) => {
    const { org } = await recheck(tx, permit)
    refuseWithSso(org.name, org.ssoMode, links.publicUrl)
    await store.insertLink(tx, {
      id,
      orgId: permit.org.id,
      label: input.label ?? '',
      role: input.role ?? permit.org.defaultRole,
      hash,
      last4,
      emailDomain: input.emailDomain ?? null,
      maxUses: input.maxUses ?? null,
      days: input.expiresInDays,
      createdBy: permit.actor.id,
      at: now(),
      expiresAt: secondsFromNow(input.expiresInDays * daySeconds),
    })
    const row = await getLink(tx, permit, id)
    const message = `created an invite link with the ${row.role} role`
    await record(tx, permit, { type: 'org.invite_link.create', message, data: { inviteLink: linkData(row) } })
    return { ...linkReply(row, links), token, url: `${links.publicUrl}${joinPath(token)}` }
  })
}

/** Gives a link a new secret in the name of the caller; the old address stops working at once. */
export async function regenerateInviteLink(
  db: Db,
  permit: Permit<'inviteLink.regenerate'>,
  { id }: InputOf<Joining['regenerateInviteLink']>,
  links: Links,
): Promise<ResultOf<Joining['regenerateInviteLink']>> {
  const { token, hash, last4 } = newJoinToken()
  return transaction(db, async (tx) => {
    const { org } = await recheck(tx, permit)
    refuseWithSso(org.name, org.ssoMode, links.publicUrl)
    const before = await getLink(tx, permit, id)
    if (before.revoked_at !== null) throw revoked()
    const expiresAt = secondsFromNow(before.lifetime_days * daySeconds)
    await store.renewLink(tx, id, { hash, last4, createdBy: permit.actor.id, expiresAt })
    const row = await getLink(tx, permit, id)
    await record(tx, permit, {
      type: 'org.invite_link.regenerate',
      message: `regenerated the invite link ending in ${before.last4}`,
      data: { before: linkData(before), after: linkData(row) },
    })
    return { ...linkReply(row, links), token, url: `${links.publicUrl}${joinPath(token)}` }
  })
}

/** Ends a link; who came in by it stays. */
export async function revokeInviteLink(
  db: Db,
  permit: Permit<'inviteLink.revoke'>,
  { id }: InputOf<Joining['revokeInviteLink']>,
  links: Links,
): Promise<ResultOf<Joining['revokeInviteLink']>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const before = await getLink(tx, permit, id)
    if (before.revoked_at !== null) throw revoked()
    await store.endLink(tx, id, now())
    const message = `revoked the invite link ending in ${before.last4}`
    await record(tx, permit, { type: 'org.invite_link.revoke', message, data: { inviteLink: linkData(before) } })
    return linkReply(await getLink(tx, permit, id), links)
  })
}

function revoked(): HubError {
  return new HubError('Conflict', 'This link was revoked. Create a new one.')
}

async function getLink(tx: Tx, permit: LinkPermit, id: string): Promise<store.LinkRow> {
  const row = await store.lockLink(tx, permit.org.id, id, now())
  if (row === undefined) throw new HubError('NotFound', 'No invite link with this ID.')
  return row
}

function linkReply(row: store.LinkRow, links: Links): api.joining.InviteLink {
  return {
    id: row.id,
    label: row.label,
    last4: row.last4,
    role: row.role,
    emailDomain: row.email_domain,
    maxUses: row.max_uses,
    uses: row.uses,
    state: linkState(row),
    createdBy: personReply(row.creator, links),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }
}

function linkData(row: store.LinkRow): Record<string, unknown> {
  const { id, label, role, last4, email_domain: emailDomain, max_uses: maxUses, uses, expires_at: expiresAt } = row
  return { id, label, role, last4, emailDomain, maxUses, uses, expiresAt }
}
