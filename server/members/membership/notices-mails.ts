import type { OrgRole } from '../../../api/index.ts'
import { composeMail, type Mail } from '../../mail/templates.ts'

interface Letter {
  to: string
  /** Name of the organization. */
  org: string
}

/** Tells a member about their new role. */
export function roleMail({ to, org }: Letter, before: OrgRole, after: OrgRole): Mail {
  return composeMail({
    to,
    kind: 'own_membership',
    subject: `Your role in ${org} changed`,
    paragraphs: [
      `Your role in ${org} changed from ${before} to ${after}.`,
      'If you think this is a mistake, contact an admin of the organization.',
    ],
    button: orgButton(org),
    footer: `You’re receiving this email because you’re a member of ${org}.`,
  })
}

/** Tells a person that they are no longer a member. */
export function removedMail({ to, org }: Letter): Mail {
  return composeMail({
    to,
    kind: 'own_membership',
    subject: `You were removed from ${org}`,
    paragraphs: [
      `You are no longer a member of ${org}. Your role and your roles in its resource groups have ended.`,
      'Your account and your own repositories have not changed.',
    ],
    footer: `You’re receiving this email because you were a member of ${org}. If you think this is a mistake, contact one of its admins.`,
  })
}

/** Reminds a member of the end of their membership. */
export function endingMail({ to, org }: Letter, left: string, until: Date): Mail {
  const on = until.toISOString()
  return composeMail({
    to,
    kind: 'own_membership',
    subject: `Your membership in ${org} ends ${left}`,
    paragraphs: [
      `Your membership in ${org} ends on ${on.slice(0, 10)} at ${on.slice(11, 16)} UTC. Then you lose access to everything that it gives you.`,
      'To stay, ask an admin of the organization to change the end date.',
    ],
    button: orgButton(org),
    footer: `You’re receiving this email because you’re a member of ${org}.`,
  })
}

function orgButton(org: string): { label: string; path: string } {
  return { label: `Open ${org}`, path: `/${encodeURIComponent(org)}` }
}
