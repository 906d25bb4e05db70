import { composeMail, type Mail } from '../mail/templates.ts'

// Only names of accounts stand in these mails: they go to addresses that anybody may type in, and a free text in
// them would be a way to send strangers' words from this hub.
interface Recipient {
  name: string
  email: string
}

const ignore = 'If that was not you, ignore this mail; nothing happens without the link.'
const act = 'If that was not you, set a new password at once and end the sessions you do not know.'

/** Asks to verify an address; the page that does it then leads on to the path `leadTo`. */
export function verificationMail({ name, email }: Recipient, token: string, leadTo?: string): Mail {
  const next = leadTo === undefined ? '' : `&next=${encodeURIComponent(leadTo)}`
  return composeMail({
    to: email,
    kind: 'verify_email',
    subject: 'Verify your email address',
    paragraphs: [
      `The account ${name} names this address as its own. Verify it with the button; it works for three days.`,
    ],
    button: { label: 'Verify this address', path: `/verify-email?token=${token}${next}`, secret: token },
    footer: ignore,
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
    button: { label: 'Set a new password', path: `/password-reset?token=${token}`, secret: token },
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
    button: { label: 'Set your password', path: `/password-reset?token=${token}`, secret: token },
  })
}

/** Tells that the password was changed. */
export function passwordChangedMail({ name, email }: Recipient): Mail {
  return composeMail({
    to: email,
    kind: 'security',
    subject: 'Your password was changed',
    paragraphs: [`The password of the account ${name} was changed, and its other sessions have ended.`],
    footer: act,
  })
}

/** Tells the former primary address that mail goes elsewhere from now on. */
export function primaryChangedMail({ name, email }: Recipient): Mail {
  return composeMail({
    to: email,
    kind: 'security',
    subject: 'Mail of your account goes to another address',
    paragraphs: [`Another address is now the primary one of the account ${name}; this one gets no more mail about it.`],
    footer: act,
  })
}
