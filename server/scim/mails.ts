import { composeMail, type Mail } from '../mail/templates.ts'

/** Tells an admin that the identity provider asks for more removals than usual, and that they wait. */
export function heldMail({ to, org, summary }: { to: string; org: string; summary: string }): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `Removals in ${org} are waiting for approval`,
    paragraphs: [
      `The identity provider of ${org} asks for more removals than usual, so they are held back. The first one is to ${summary}.`,
      'Check that they are meant. If no admin approves a removal within 72 hours, it is dropped.',
    ],
    button: { label: 'Review removals', path: `/organizations/${encodeURIComponent(org)}/settings/scim` },
    footer: `You’re receiving this email because you’re an admin of ${org}.`,
  })
}
