import { composeMail, type Mail } from '../../mail/templates.ts'

// Only names of accounts stand in these mails: they go to addresses that anybody may type in, and a free text in
// them would be a way to send strangers' words from this hub.
interface Recipient {
  name: string
  email: string
}

const ignore = 'If that was not you, ignore this mail; nothing happens without the link.'
const reject = 'If that was not you, open the link and choose “This wasn’t me”, or ignore this mail.'
const act = 'If that was not you, set a new password right away and end the sessions you do not recognize.'

/** Asks to verify an address; the page that does it then leads on to the path `leadTo`. */
export function verificationMail({ name, email }: Recipient, token: string, leadTo?: string): Mail {
  const next = leadTo === undefined ? '' : `&next=${encodeURIComponent(leadTo)}`
  return composeMail({
    to: email,
    kind: 'verify_email',
    subject: 'Verify your email address',
    paragraphs: [
      `The account ${name} asks to verify this address. Sign in as ${name} and verify it with the button. The link works for three days.`,
    ],
    button: { label: 'Verify this address', path: `/verify-email#token=${token}${next}`, secret: token },
    footer: reject,
  })
}

/** Tells the owner of an address, which belongs to an account already, that another one was named after it. */
export function addressTakenMail({ name, email }: Recipient): Mail {
  return composeMail({
    to: email,
    kind: 'verify_email',
    subject: 'This address already belongs to an account',
    paragraphs: [
      `The account ${name} names this address as its own, but another account here has it verified already, so it cannot be verified for ${name}.`,
      'If you forgot that you have an account, sign in with this address, or set a new password for it.',
    ],
    button: { label: 'Sign in', path: `/login` },
    footer: 'If that was not you, ignore this mail: your account is as it was.',
  })
}

/** Sends the link that sets a new password. */
export function resetMail({ name, email }: Recipient, token: string): Mail {
  return composeMail({
    to: email,
    kind: 'password_reset',
    subject: 'Set a new password',
    paragraphs: [`Someone requested a new password for the account ${name}. The button works for one hour, and once.`],
    button: { label: 'Set a new password', path: `/password-reset#token=${token}`, secret: token },
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
      `An operator created the account ${name} for you. Set its password with the button; it works for three days.`,
    ],
    button: { label: 'Set your password', path: `/password-reset#token=${token}`, secret: token },
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
    `New recovery codes were created for the account ${name}. The codes from before no longer work.`,
  ])
}

/** Tells that a token was created, or got a new secret. */
export function tokenMail({ name, email }: Recipient, token: { role: string; last4: string }, isNew: boolean): Mail {
  const subject = isNew ? 'An access token was created' : 'The secret of an access token was replaced'
  const what = isNew ? `was created for the account ${name}` : `of the account ${name} has a new secret`
  return noticeMail(email, subject, [
    `A ${token.role} token that ends in ${token.last4} ${what}. Anyone who has it can act as ${name}.`,
  ])
}

export const newDeviceSubject = 'New sign-in to your account'

/** Tells of a sign-in from a browser that had not signed in before. */
export function newDeviceMail({ name, email }: Recipient, { at, network }: { at: Date; network: string }): Mail {
  const from = network === '' ? '' : ` from the network ${network}`
  const when = `${at.toISOString().slice(0, 16).replace('T', ' at ')} UTC`
  return noticeMail(email, newDeviceSubject, [
    `A browser that had not signed in before signed in to the account ${name}${from} on ${when}.`,
  ])
}

/** What was done with an address of an account. */
export type AddressChange = 'added' | 'verified' | 'removed' | 'primary'

/** Tells that an address of the account was added, verified, removed, or made the primary one. */
export function addressChangedMail({ name, email }: Recipient, address: string, change: AddressChange): Mail {
  const [subject, sentence] = {
    added: ['An email address was added', `The address ${address} was added to the account ${name}.`],
    verified: ['An email address was verified', `The address ${address} of the account ${name} is now verified.`],
    removed: ['An email address was removed', `The address ${address} was removed from the account ${name}.`],
    primary: ['Your primary email address was changed', `Mail of the account ${name} now goes to ${address}.`],
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
      `Someone entered the password of the account ${name}, and then three wrong codes for two-factor authentication (2FA).`,
      'They are not signed in, and have to wait before they can try again.',
    ],
    footer: act,
  })
}
