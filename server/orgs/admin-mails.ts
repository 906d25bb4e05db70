import { composeMail, type Mail } from '../mail/templates.ts'

interface Named {
  name: string
}

/** Tells the one admin left that nobody could stand in, and what helps. */
export function atRiskMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    subject: `You are the only admin of ${org.name}`,
    paragraphs: [
      `Since a change just now, you are the only admin of ${org.name} who can sign in.`,
      'Make a second member admin, or name successors: then nobody is locked out should you lose your account.',
    ],
    button: membersButton(org),
    footer: `You get this because you are admin of ${org.name}.`,
  })
}

/** Reminds the only admin of an organization, once a month while that lasts. */
export function stillAtRiskMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    subject: `You are still the only admin of ${org.name}`,
    paragraphs: [
      `Nobody but you could act as admin of ${org.name} should you lose your account.`,
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
    subject: `${org.name} still has no admin who can sign in`,
    paragraphs: [
      `${org.name} goes on working, but nobody can do what takes an admin.`,
      'Its members can recover it by proof of a domain, or two operators make somebody admin.',
    ],
    button: { label: 'Open the recoveries', path: `/operator/recovery` },
    footer: 'You get this once a week, because you are operator of this installation.',
  })
}

/** Tells a successor that they are admin now. */
export function successorMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    subject: `You are admin of ${org.name} now`,
    paragraphs: [
      `The last admin of ${org.name} lost access, and you are the first of the successors who could take over.`,
      'You are the only admin: make a second member admin as soon as you can.',
    ],
    button: membersButton(org),
    footer: `You get this because you are a successor in ${org.name}.`,
  })
}

/** Tells those who can help that an organization has no admin who can sign in. */
export function adminlessMail(org: Named, to: string): Mail {
  return composeMail({
    to,
    subject: `${org.name} has no admin who can sign in`,
    paragraphs: [
      `The last admin of ${org.name} lost access, and no successor could take over.`,
      'An admin whose address is not verified, or who lacks the two-factor sign-in that the organization requires, counts again once that is done. Otherwise the organization can be recovered: by a successor, by proof of a domain, or by two operators.',
    ],
    button: membersButton(org),
    footer: 'You get this because you are admin there, or operator of this installation.',
  })
}

function membersButton(org: Named): { label: string; path: string } {
  return { label: 'Open the members', path: `/organizations/${org.name}/settings/members` }
}
