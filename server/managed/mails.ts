import { composeMail, type Mail } from '../mail/templates.ts'

const footer = (org: string) => `You’re receiving this email because you have an account at ${org}.`

/** Tells someone that their organization owns their account from now on, and how they sign in. */
export function managedMail({ to, org, user }: { to: string; org: string; user: string }): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `${org} now manages your account`,
    paragraphs: [
      `${org} now manages the account ${user}. From now on, you sign in with its identity provider. Your password and 2FA no longer work.`,
      'Your role, repositories, and access tokens stay. You can’t join other organizations with this account.',
    ],
    button: { label: 'Sign in with SSO', path: `/sso/${encodeURIComponent(org)}` },
    footer: footer(org),
  })
}

/** Tells someone that their account is their own again, and how they get a password. */
export function releasedMail({ to, org, user }: { to: string; org: string; user: string }): Mail {
  return composeMail({
    to,
    kind: 'organization',
    subject: `${org} no longer manages your account`,
    paragraphs: [
      `The account ${user} is your own now. It has no password yet. Set one to sign in.`,
      `Your role and your access in ${org} stay.`,
    ],
    button: { label: 'Set a password', path: '/password-reset' },
    footer: footer(org),
  })
}
