import type { Author } from '../../access/author.ts'
import type { Actor } from '../../access/facts.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { refuseBlocked } from '../../members/membership/rejoin-blocks.ts'
import { type Db, transaction } from '../../store/database.ts'
import { wrongDomain } from '../entrance/link-entrance.ts'
import { findLink, type SeenLink } from '../entrance/links-store.ts'
import { linkState } from '../entrance/reply.ts'
import { ask } from './asking.ts'

/**
 * Puts the caller into the queue of people whom admins decide about, where the secret is of an invite link that has ended;
 * whatever the organization says about requests to join. Any other secret does nothing.
 */
export async function askByLink(db: Db, permit: Permit<'invitation.askAgain'>, hash: Buffer): Promise<void> {
  const seen = await findLink(db, hash, null, now())
  if (seen === undefined || linkState(seen) === 'active') return
  const actor = namedActor(permit)
  await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const link = await findLink(tx, hash, actor.id, now())
    const state = link && linkState(link)
    if (link === undefined || state === undefined || state === 'active') return
    refuseUnfit(link)
    await refuseBlocked(tx, link.org_id, [actor.id])
    const { request, idempotencyKey } = permit
    const by: Author = { actor, request, idempotencyKey, org: { id: link.org_id } }
    const { id, label, last4, role } = link
    const asked = { id, label, last4, role, state }
    await ask(tx, by, {
      org: { id: link.org_id, name: link.org.name },
      actor,
      message: '',
      source: 'request',
      link: asked,
    })
  })
}

// An invite link is for no one in particular: admins can decide only about someone whom they can name.
function namedActor({ facts: { actor } }: Permit<'invitation.askAgain'>): Actor {
  if (actor === undefined || actor.via === 'console')
    throw new HubError('NotSignedIn', 'Sign in to ask for a new invite link.')
  if (!actor.emailVerified)
    throw new HubError('EmailNotVerified', 'Verify your email address first. Then ask for a new invite link.')
  return actor
}

function refuseUnfit({ org, is_member: isMember, has_domain: hasDomain, email_domain: domain }: SeenLink): void {
  if (isMember) throw new HubError('Conflict', `You are already a member of ${org.name}.`)
  if (!hasDomain) throw wrongDomain(domain)
}
