import type { AnyPermit } from '../access/authorize.ts'
import { type Mail, renderMail } from '../mail/templates.ts'

interface Named {
  name: string
}

/** Tells the one admin left that nobody could stand in, and what helps. */
export function atRiskMail(permit: AnyPermit, org: Named, to: string): Mail {
  return renderMail({
    to,
    subject: `You are the only admin of ${org.name}`,
    paragraphs: [
      `Since a change just now, you are the only admin of ${org.name} who can sign in.`,
      'Make a second member admin, or name successors: then nobody is locked out should you lose your account.',
    ],
    button: membersButton(permit, org),
    footer: `You get this because you are admin of ${org.name}.`,
  })
}

/** Tells a successor that they are admin now. */
export function successorMail(permit: AnyPermit, org: Named, to: string): Mail {
  return renderMail({
    to,
    subject: `You are admin of ${org.name} now`,
    paragraphs: [
      `The last admin of ${org.name} lost access, and you are the first of the successors who could take over.`,
      'You are the only admin: make a second member admin as soon as you can.',
    ],
    button: membersButton(permit, org),
    footer: `You get this because you are a successor in ${org.name}.`,
  })
}

/** Tells those who can help that an organization has no admin who can sign in. */
export function adminlessMail(permit: AnyPermit, org: Named, to: string): Mail {
  return renderMail({
    to,
    subject: `${org.name} has no admin who can sign in`,
    paragraphs: [
      `The last admin of ${org.name} lost access, and no successor could take over.`,
      'An admin whose address is not verified, or who lacks the two-factor sign-in that the organization requires, counts again once that is done. An operator can make somebody else admin.',
    ],
    button: membersButton(permit, org),
    footer: 'You get this because you are admin there, or operator of this installation.',
  })
}

function membersButton(permit: AnyPermit, org: Named): { label: string; url: string } {
  return { label: 'Open the members', url: `${permit.hub.publicUrl}/organizations/${org.name}/settings/members` }
}
