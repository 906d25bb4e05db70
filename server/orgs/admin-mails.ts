import { dayOf } from '../kernel/clock.ts'
import { composeMail, type Mail } from '../mail/templates.ts'

interface Named {
  name: string
}

/** Tells the one admin left that no one could stand in, and what helps. */
export function atRiskMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `You are the only admin of ${org.name}`,
    paragraphs: [
      `You are now the only active admin of ${org.name}.`,
      'Make another member an admin, or name successors. Otherwise, no one can manage the organization if you lose your account.',
    ],
    button: membersButton(org),
    footer: `You’re receiving this email because you’re an admin of ${org.name}.`,
  })
}

/** Reminds the only admin of an organization, once a month while that lasts. */
export function stillAtRiskMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `You are still the only admin of ${org.name}`,
    paragraphs: [
      `You are the only active admin of ${org.name}. If you lose your account, no one can manage the organization.`,
      'Make another member an admin, or name successors under Recovery.',
    ],
    button: membersButton(org),
    footer: `You’re receiving this email once a month because you’re the only active admin of ${org.name}.`,
  })
}

/** Reminds the operators of an organization without an admin, once a week while that lasts. */
export function stillAdminlessMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `${org.name} still has no active admins`,
    paragraphs: [
      `${org.name} still works, but has no active admins to manage it.`,
      'Its members can recover it with an email domain, or two site admins can make a person an admin.',
    ],
    button: { label: 'View recovery requests', path: `/operator/recovery` },
    footer: 'You’re receiving this email once a week because you’re a site admin of this instance.',
  })
}

/** Tells a successor that they are admin now. */
export function successorMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `You are now an admin of ${org.name}`,
    paragraphs: [
      `The last active admin of ${org.name} lost access, and you were the first successor who could take over.`,
      'You are the only active admin. Make another member an admin as soon as you can.',
    ],
    button: membersButton(org),
    footer: `You’re receiving this email because you’re a successor in ${org.name}.`,
  })
}

/** Tells that an organization has an admin again, by a role mapping of its identity provider. */
export function recoveredBySsoMail(org: Named, { name, until }: { name: string; until: Date }, to: string): Mail {
  return composeMail({
    to,
    kind: 'recovery',
    subject: `${name} is now an admin of ${org.name}`,
    paragraphs: [
      `${org.name} had no active admins. ${name} signed in with single sign-on (SSO), and a role mapping from before that made ${name} an admin.`,
      `${name} is on probation until ${dayOf(until)}. Until then, they can invite people and change roles, but they can’t delete the organization, move repositories, make repositories public, or turn off the 2FA requirement or SSO.`,
    ],
    button: membersButton(org),
    footer: `You’re receiving this email because you’re an admin or have the write role in ${org.name}, or because you’re a site admin.`,
  })
}

/** Tells those who can help that an organization has no active admins. */
export function adminlessMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `${org.name} has no active admins`,
    paragraphs: [
      `The last active admin of ${org.name} lost access, and no successor could take over.`,
      'An admin without a verified email address, or without 2FA or single sign-on (SSO) if the organization requires it, becomes active again after setting it up. Otherwise, a successor can take over, members can recover the organization with an email domain, or two site admins can make a person an admin. If SSO maps someone to the admin role, their next sign-in makes them an admin.',
    ],
    button: membersButton(org),
    footer: 'You’re receiving this email because you’re an admin of this organization or a site admin.',
  })
}

function membersButton(org: Named): { label: string; path: string } {
  return { label: 'View members', path: `/organizations/${org.name}/settings/members` }
}
