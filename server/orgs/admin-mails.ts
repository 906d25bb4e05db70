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
      `Since a change just now, you are the only admin of ${org.name} who can sign in.`,
      'Make a second member admin, or name successors: then members are not locked out if you lose your account.',
    ],
    button: membersButton(org),
    footer: `You get this because you are admin of ${org.name}.`,
  })
}

/** Reminds the only admin of an organization, once a month while that lasts. */
export function stillAtRiskMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `You are still the only admin of ${org.name}`,
    paragraphs: [
      `You are the only active admin of ${org.name}. If you lose your account, it has none.`,
      'Two admins are better than one: make a second member admin, or name successors under Recovery.',
    ],
    button: membersButton(org),
    footer: `You get this once a month, because you are admin of ${org.name} and its only one.`,
  })
}

/** Reminds the operators of an organization without an admin, once a week while that lasts. */
export function stillAdminlessMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `${org.name} still has no active admins`,
    paragraphs: [
      `${org.name} goes on working, but has no active admins to manage it.`,
      'Its members can recover it by proof of a domain, or two site admins can make a person admin.',
    ],
    button: { label: 'Open the recoveries', path: `/operator/recovery` },
    footer: 'You get this once a week, because you are operator of this installation.',
  })
}

/** Tells a successor that they are admin now. */
export function successorMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `You are admin of ${org.name} now`,
    paragraphs: [
      `The last admin of ${org.name} lost access, and you are the first of the successors who could take over.`,
      'You are the only admin: make a second member admin as soon as you can.',
    ],
    button: membersButton(org),
    footer: `You get this because you are a successor in ${org.name}.`,
  })
}

/** Tells those who can help that an organization has no active admins. */
export function adminlessMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `${org.name} has no active admins`,
    paragraphs: [
      `The last admin of ${org.name} lost access, and no successor could take over.`,
      'An admin whose address is not verified, or who lacks the 2FA that the organization requires, counts again once that is done. Otherwise the organization can be recovered: by a successor, by proof of a domain, or by two operators.',
    ],
    button: membersButton(org),
    footer: 'You get this because you are admin there, or operator of this installation.',
  })
}

function membersButton(org: Named): { label: string; path: string } {
  return { label: 'Open the members', path: `/organizations/${org.name}/settings/members` }
}
