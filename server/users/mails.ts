import type { Hub } from '../access/permit.ts'
import { type Mail, renderMail } from '../mail/templates.ts'

// Only names of accounts stand in these mails: they go to addresses that anybody may type in, and a free text in
// them would be a way to send strangers' words from this hub.
interface Recipient {
  name: string
  email: string
}

const ignore = 'If that was not you, ignore this mail; nothing happens without the link.'
const act = 'If that was not you, set a new password at once and end the sessions you do not know.'

/** Asks to verify an address; the page that does it then leads on to the path `leadTo`. */
export function verificationMail(hub: Hub, { name, email }: Recipient, token: string, leadTo?: string): Mail {
  const next = leadTo === undefined ? '' : `&next=${encodeURIComponent(leadTo)}`
  return renderMail({
    to: email,
    subject: 'Verify your e-mail address',
    paragraphs: [
      `The account ${name} names this address as its own. Verify it with the button; it works for three days.`,
    ],
    button: { label: 'Verify this address', url: `${hub.publicUrl}/verify-email?token=${token}${next}` },
    footer: ignore,
  })
}

/** Tells the owner of an address, which belongs to an account already, that another one was named after it. */
export function addressTakenMail(hub: Hub, { name, email }: Recipient): Mail {
  return renderMail({
    to: email,
    subject: 'This address already belongs to an account',
    paragraphs: [
      `The account ${name} names this address as its own, but another account here has it verified already, so it cannot be verified for ${name}.`,
      'If you forgot that you have an account, sign in with this address, or set a new password for it.',
    ],
    button: { label: 'Sign in', url: `${hub.publicUrl}/login` },
    footer: 'If that was not you, ignore this mail: your account is as it was.',
  })
}

/** Sends the link that sets a new password. */
export function resetMail(hub: Hub, { name, email }: Recipient, token: string): Mail {
  return renderMail({
    to: email,
    subject: 'Set a new password',
    paragraphs: [`Somebody asked for a new password of the account ${name}. The button works for one hour, and once.`],
    button: { label: 'Set a new password', url: `${hub.publicUrl}/password-reset?token=${token}` },
    footer: ignore,
  })
}

/** Tells a person for whom an operator made an account how to get in. */
export function welcomeMail(hub: Hub, { name, email }: Recipient, token: string): Mail {
  return renderMail({
    to: email,
    subject: 'An account was created for you',
    paragraphs: [
      `An operator created the account ${name} for you at ${new URL(hub.publicUrl).host}. Set its password with the button; it works for three days.`,
    ],
    button: { label: 'Set your password', url: `${hub.publicUrl}/password-reset?token=${token}` },
  })
}

/** Tells that the password was changed. */
export function passwordChangedMail({ name, email }: Recipient): Mail {
  return renderMail({
    to: email,
    subject: 'Your password was changed',
    paragraphs: [`The password of the account ${name} was changed, and its other sessions have ended.`],
    footer: act,
  })
}

/** Tells the former primary address that mail goes elsewhere from now on. */
export function primaryChangedMail({ name, email }: Recipient): Mail {
  return renderMail({
    to: email,
    subject: 'Mail of your account goes to another address',
    paragraphs: [`Another address is now the primary one of the account ${name}; this one gets no more mail about it.`],
    footer: act,
  })
}
