import type { OrgRole } from '../../../api/index.ts'
import { composeMail, type Mail } from '../../mail/templates.ts'
import type { GroupNotice } from './notices-store.ts'

interface Letter {
  to: string
  /** Name of the organization. */
  org: string
}

const mostGroupsListed = 20

/** Tells a member about their new role, and their new roles in resource groups. */
export function changedMail({ to, org }: Letter, { wasRole, role, groups }: RolesChanged): Mail {
  const left = groups.length - mostGroupsListed
  return composeMail({
    to,
    kind: 'own_membership',
    subject: wasRole === role ? `Your resource groups in ${org} changed` : `Your role in ${org} changed`,
    paragraphs: [
      ...(wasRole === role ? [] : [`Your role in ${org} changed from ${wasRole} to ${role}.`]),
      ...groups.slice(0, mostGroupsListed).map(groupSentence),
      ...(left > 0 ? [`${left} more of your resource groups changed.`] : []),
      'If you think this is a mistake, contact an admin of the organization.',
    ],
    button: orgButton(org),
    footer: `You’re receiving this email because you’re a member of ${org}.`,
  })
}

interface RolesChanged {
  wasRole: OrgRole
  role: OrgRole
  groups: readonly GroupNotice[]
}

function groupSentence({ name, wasRole, role }: GroupNotice): string {
  if (role === null) return `You were removed from the resource group ${name}.`
  if (wasRole === null) return `You were added to the resource group ${name} with the ${role} role.`
  return `Your role in the resource group ${name} changed from ${wasRole} to ${role}.`
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
