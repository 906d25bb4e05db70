import { minuteOf } from '../kernel/clock.ts'
import { composeMail, type Mail } from '../mail/templates.ts'

interface Letter {
  to: string
  org: string
  domain: string
}

/** Tells an admin that the record of a verified domain is gone, and until when that can be mended. */
export function failingMail({ to, org, domain, record, until }: Letter & { record: string; until: Date }): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `The DNS record of ${domain} is gone`,
    paragraphs: [
      `The record that verifies ${domain} for ${org} is not found any more.`,
      `Publish it again before ${minuteOf(until)}, as a TXT record of ${domain}: ${record}`,
      'Until then nothing changes. After that the domain counts as unverified.',
    ],
    button: accountButton(org),
    footer: `You get this because you are admin of ${org}.`,
  })
}

/** Tells an admin that a domain is not verified any more, and what that means. */
export function lostMail({ to, org, domain }: Letter): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `${domain} is not verified any more`,
    paragraphs: [
      `The record that verified ${domain} for ${org} was not found for 7 days, so the domain counts as unverified now.`,
      'Addresses of members in the domain are not shown any more, and recovery cannot be asked for by it. People with a verified address in the domain may still join as before; remove the domain if they should not.',
    ],
    button: accountButton(org),
    footer: `You get this because you are admin of ${org}.`,
  })
}

function accountButton(org: string): { label: string; path: string } {
  return { label: 'Open the domains', path: `/organizations/${org}/settings/account` }
}
