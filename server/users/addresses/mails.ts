import { composeMail, type Mail } from '../../mail/templates.ts'

// Only names of accounts stand in these mails: they go to addresses that anybody may type in, and a free text in
// them would be a way to send strangers' words from this hub.
interface Recipient {
  name: string
  email: string
}

const ignore = 'If this wasn’t you, you can ignore this email. Your password won’t change.'
const reject = 'If this wasn’t you, open the link and choose “This wasn’t me”, or ignore this email.'
const act = 'If this wasn’t you, change your password immediately and end the sessions you don’t recognize.'

/** Asks to verify an address; the page that does it then leads on to the path `leadTo`. */
export function verificationMail({ name, email }: Recipient, token: string, leadTo?: string): Mail {
  const next = leadTo === undefined ? '' : `&next=${encodeURIComponent(leadTo)}`
  return composeMail({
    to: email,
    kind: 'verify_email',
    subject: 'Verify your email address',
    paragraphs: [
      `Verify this email address for the account ${name}. Sign in as ${name} to confirm. The link expires in three days.`,
    ],
    button: { label: 'Verify email address', path: `/verify-email#token=${token}${next}`, secret: token },
    footer: reject,
  })
}

/** Tells the owner of an address, which belongs to an account already, that another one was named after it. */
export function addressTakenMail({ name, email }: Recipient): Mail {
  return composeMail({
    to: email,
    kind: 'verify_email',
    subject: 'This email address already belongs to an account',
    paragraphs: [
      `The account ${name} tried to add this email address, but another account has already verified it.`,
      'If you forgot that you have an account, sign in with this email address, or reset your password.',
    ],
    button: { label: 'Sign in', path: `/login` },
    footer: 'If this wasn’t you, you can ignore this email. Your account has not changed.',
  })
}

/** Sends the link that sets a new password. */
export function resetMail({ name, email }: Recipient, token: string): Mail {
  return composeMail({
    to: email,
    kind: 'password_reset',
    subject: 'Reset your password',
    paragraphs: [
      `Someone requested a password reset for the account ${name}. The link works once and expires in one hour.`,
    ],
    button: { label: 'Reset password', path: `/password-reset#token=${token}`, secret: token },
    footer: ignore,
  })
}

/** Tells a person for whom an operator made an account how to get in. */
export function welcomeMail({ name, email }: Recipient, token: string): Mail {
  return composeMail({
    to: email,
    kind: 'welcome',
    subject: 'An account was created for you',
    paragraphs: [
      `A site admin created the account ${name} for you. To sign in, set a password. The link expires in three days.`,
    ],
    button: { label: 'Set password', path: `/password-reset#token=${token}`, secret: token },
  })
}

/** Tells that the password was changed. */
export function passwordChangedMail({ name, email }: Recipient): Mail {
  return noticeMail(email, 'Your password was changed', [
    `The password of the account ${name} was changed. Its other sessions have ended.`,
  ])
}

/** Tells that 2FA was turned on or off. */
export function twoFactorMail({ name, email }: Recipient, state: 'on' | 'off'): Mail {
  return noticeMail(email, `Two-factor authentication (2FA) was turned ${state}`, [
    `Two-factor authentication (2FA) of the account ${name} was turned ${state}. Its other sessions have ended.`,
  ])
}

/** Tells that there are new recovery codes. */
export function recoveryCodesMail({ name, email }: Recipient): Mail {
  return noticeMail(email, 'New recovery codes were created', [
    `New recovery codes were created for the account ${name}. The old codes no longer work.`,
  ])
}

const tokenDeeds = {
  created: ['An access token was created', 'was created for the account'],
  rotated: ['The secret of an access token was replaced', 'has a new secret. It belongs to the account'],
  changed: ['The permissions of an access token were changed', 'has different permissions. It belongs to the account'],
} as const

/** Tells that a token was created, got a new secret, or reaches something else. */
export function tokenMail(
  { name, email }: Recipient,
  { role, last4 }: { role: string; last4: string },
  deed: keyof typeof tokenDeeds,
): Mail {
  const [subject, what] = tokenDeeds[deed]
  const kind = role === 'fineGrained' ? 'fine-grained' : role
  const reach = role === 'fineGrained' ? ' within its permissions' : ''
  return noticeMail(email, subject, [
    `A ${kind} token that ends in ${last4} ${what} ${name}. Anyone who has it can act as ${name}${reach}.`,
  ])
}

/** Tells that a program signed in with a token of its own. */
export function programMail(
  { name, email }: Recipient,
  { program, role, network }: { program: string; role: string; network: string },
): Mail {
  const from = network === '' ? '' : ` from the network ${network}`
  return noticeMail(email, 'A program signed in to your account', [
    `${program} signed in to the account ${name}${from}, with your approval. It has a ${role} access token, and can act as ${name}.`,
    'To sign it out, delete its token in your settings, under Access tokens.',
  ])
}

/** Tells that a token was deleted, because its refresh token was used twice. */
export function refreshReusedMail({ name, email }: Recipient, { last4 }: { last4: string }): Mail {
  return noticeMail(email, 'An access token was deleted', [
    `A refresh token of the account ${name} was used twice, so it may have been stolen. The access token that ends in ${last4} was deleted.`,
    'The program that used it is signed out. If it is yours, sign in with it again.',
  ])
}

const mostNamedTokens = 20

/** Tells an owner, or an admin of the organization that they belonged to, that leaked tokens were deleted. */
export function leakedMail(
  to: string,
  of: { account: string } | { org: string },
  tokens: readonly { last4: string }[],
): Mail {
  const one = tokens.length === 1
  const named = tokens.slice(0, mostNamedTokens).map(({ last4 }) => last4)
  const more = tokens.length > named.length ? ', and others' : ''
  const owner = 'org' in of ? `the organization ${of.org}` : `the account ${of.account}`
  return composeMail({
    to,
    kind: 'security',
    subject: one ? 'A leaked access token was deleted' : 'Leaked access tokens were deleted',
    paragraphs: [
      `${one ? 'An access token' : `${tokens.length} access tokens`} of ${owner} ${one ? 'was' : 'were'} reported as leaked and deleted. ${one ? 'It ends' : 'They end'} in ${named.join(', ')}${more}.`,
      `Anything that used ${one ? 'it' : 'them'} has lost access. Find out where ${one ? 'it was' : 'they were'} published, and review the audit log.`,
    ],
    button:
      'org' in of
        ? { label: 'Review service accounts', path: `/organizations/${of.org}/settings/service-accounts` }
        : { label: 'Review your access tokens', path: '/settings/tokens' },
    footer: 'You’re receiving this email because access to your account or organization was at risk.',
  })
}

export const newDeviceSubject = 'New sign-in to your account'

/** Tells of a sign-in from a browser that had not signed in before. */
export function newDeviceMail({ name, email }: Recipient, { at, network }: { at: Date; network: string }): Mail {
  const from = network === '' ? '' : ` from the network ${network}`
  const when = `${at.toISOString().slice(0, 16).replace('T', ' at ')} UTC`
  return noticeMail(email, newDeviceSubject, [`A new browser signed in to the account ${name}${from} on ${when}.`])
}

/** What was done with an address of an account. */
export type AddressChange = 'added' | 'verified' | 'removed' | 'primary'

/** Tells that an address of the account was added, verified, removed, or made the primary one. */
export function addressChangedMail({ name, email }: Recipient, address: string, change: AddressChange): Mail {
  const [subject, sentence] = {
    added: ['An email address was added', `The address ${address} was added to the account ${name}.`],
    verified: ['An email address was verified', `The address ${address} of the account ${name} is now verified.`],
    removed: ['An email address was removed', `The address ${address} was removed from the account ${name}.`],
    primary: ['Your primary email address was changed', `Email for the account ${name} now goes to ${address}.`],
  }[change] as [string, string]
  return noticeMail(email, subject, [sentence])
}

// The button is there for who did not do it: it leads to the sessions and the password.
function noticeMail(to: string, subject: string, paragraphs: string[]): Mail {
  const button = { label: 'Review your account', path: '/settings/authentication' }
  return composeMail({ to, kind: 'security', subject, paragraphs, button, footer: act })
}

/** Tells the owner of an account that its password is known to a person who lacks the code. */
export function codesGuessedMail({ name, email }: Recipient): Mail {
  return composeMail({
    to: email,
    kind: 'security',
    subject: 'Someone has your password and is guessing your code',
    paragraphs: [
      `Someone entered the correct password of the account ${name}, and then three wrong two-factor authentication (2FA) codes.`,
      'They are not signed in and must wait before they can try again.',
    ],
    footer: act,
  })
}
