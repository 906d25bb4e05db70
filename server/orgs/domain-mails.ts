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
    subject: `The DNS record of ${domain} is missing`,
    paragraphs: [
      `The DNS record that verifies ${domain} for ${org} is missing.`,
      `Publish this TXT record for ${domain} again before ${minuteOf(until)}: ${record}`,
      'The domain stays verified until then. After that, it becomes unverified.',
    ],
    button: accountButton(org),
    footer: `You’re receiving this email because you’re an admin of ${org}.`,
  })
}

/** Tells an admin that a domain is not verified any more, and what that means. */
export function lostMail({ to, org, domain }: Letter): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `${domain} is no longer verified`,
    paragraphs: [
      `The DNS record that verified ${domain} for ${org} was missing for 7 days, so the domain is no longer verified.`,
      'Admins no longer see the addresses of members in this domain, and it can’t be used for recovery. People with a verified address in the domain can still join. To prevent this, remove the domain.',
    ],
    button: accountButton(org),
    footer: `You’re receiving this email because you’re an admin of ${org}.`,
  })
}

function accountButton(org: string): { label: string; path: string } {
  return { label: 'View email domains', path: `/organizations/${org}/settings/account` }
}
