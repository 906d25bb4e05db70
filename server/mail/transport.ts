import { createTransport } from 'nodemailer'

/** Where mail goes out, and whose name it carries: `Guildhall <guildhall@example.org>`. */
export interface SmtpSettings {
  url: string
  from: string
}

/** A mail as the server of SMTP gets it. */
export interface OutgoingMail {
  id: string
  to: string
  subject: string
  text: string
  html: string
  createdAt: Date
}

/** A door to the mail server. */
export interface MailTransport {
  send(mail: OutgoingMail): Promise<void>
  close(): void
}

/** The mail server refused or could not be reached; the message holds no secret. */
export class MailRefused extends Error {
  /** Trying again would be refused again. */
  readonly forGood: boolean
  /** It was this mail that was refused; another may be taken. */
  readonly ofOne: boolean

  constructor(message: string, { forGood, ofOne }: { forGood: boolean; ofOne: boolean }) {
    super(message)
    this.forGood = forGood
    this.ofOne = ofOne
  }
}

/** How many mails are handed over at the same time. */
export const maxConnections = 4
const waitMs = 20_000
const maxErrorLength = 300
const shortestSecret = 3

/**
 * Opens connections to the mail server as mails come. A mail keeps its Message-ID however often it is sent, so that
 * a second copy, sent because the first answer was lost, is known to be the same message.
 */
export function openTransport({ url, from }: SmtpSettings): MailTransport {
  const timeouts = { connectionTimeout: waitMs, greetingTimeout: waitMs, socketTimeout: waitMs, dnsTimeout: waitMs }
  const transport = createTransport({
    url,
    pool: true,
    maxConnections,
    // A connection that the server closed meanwhile is replaced at once; everything else is for the queue to try again.
    maxRequeues: 1,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...timeouts,
  })
  const domain = domainOf(from)
  return {
    async send({ id, to, subject, text, html, createdAt }) {
      try {
        const headers = { 'Auto-Submitted': 'auto-generated' }
        const address = { name: '', address: to }
        await transport.sendMail({
          from,
          to: address,
          subject,
          text,
          html,
          date: createdAt,
          messageId: `<${id}@${domain}>`,
          headers,
        })
      } catch (error) {
        throw refusalOf(error, url)
      }
    },
    close: () => transport.close(),
  }
}

function domainOf(from: string): string {
  return from.match(/@([A-Za-z0-9.-]+)>?\s*$/)?.[1] ?? 'localhost'
}

function refusalOf(error: unknown, url: string): MailRefused {
  const { message, code, responseCode } = error as Error & { code?: string; responseCode?: number }
  // RFC 5321 §4.2.1: a 5yz answer to a recipient or to the message stays what it is.
  const ofOne = (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined
  const forGood = ofOne && responseCode >= 500
  return new MailRefused(withoutSecrets(String(message), url).slice(0, maxErrorLength), { forGood, ofOne })
}

function withoutSecrets(message: string, url: string): string {
  let clean = message.replaceAll(url, 'the mail server')
  for (const secret of secretsOf(url)) clean = clean.replaceAll(secret, '…')
  return clean
}

function secretsOf(url: string): string[] {
  if (!URL.canParse(url)) return []
  const { username, password } = new URL(url)
  const [user, plain] = [safelyDecoded(username), safelyDecoded(password)]
  // The last two are what travels in AUTH PLAIN and AUTH LOGIN.
  const secrets = [password, plain, base64(`\0${user}\0${plain}`), base64(plain)]
  return secrets.filter((secret) => secret.length >= shortestSecret)
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function safelyDecoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
