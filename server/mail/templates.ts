import type { MailKind } from './limits.ts'
import type { Links } from './links.ts'

/** A mail, ready to be queued: its words are checked, and hold no link but the button. */
export interface Mail {
  to: string
  kind: MailKind
  subject: string
  body: MailBody
}

/** What stands in a mail. The address of the hub is added when it is sent or shown. */
export interface MailBody {
  paragraphs: string[]
  button?: MailButton | undefined
  footer?: string | undefined
  /** The text was taken out: it was delivered, or its link opens nothing any more. */
  isBlank?: true
}

interface MailButton {
  label: string
  /** Where on this hub the button leads: `/join#token=…`. */
  path: string
  /** The part of the path that opens something to who has it. */
  secret?: string | undefined
}

/** What a mail says: plain paragraphs, at most one button, and a footer that tells why it came. */
export interface MailWords extends MailBody {
  to: string
  kind: MailKind
  subject: string
}

const maxSubjectLength = 200
const maxAddressLength = 320
const anyHub = 'https://hub.invalid'

/** Checks the words of a mail: one recipient, a subject on one line, no link but the button. */
export function composeMail({ to, kind, subject, paragraphs, button, footer }: MailWords): Mail {
  const body = {
    paragraphs: paragraphs.map(withoutLinks),
    button: button && checkedButton(button),
    footer: footer && withoutLinks(footer),
  }
  return { to: checkedAddress(to), kind, subject: withoutLinks(oneLine(subject).slice(0, maxSubjectLength)), body }
}

/** Puts a mail into the one look that all mail has, as text and as HTML, everything escaped; the button leads to the hub. */
export function renderMail(
  { subject, body }: Pick<Mail, 'subject' | 'body'>,
  hub: Links,
): { text: string; html: string } {
  const { paragraphs, button, footer } = body
  const link = button && { label: button.label, url: new URL(button.path, hub.publicUrl).href }
  const words = { paragraphs, button: link, footer }
  return { text: asText(words), html: asHtml(subject, words) }
}

/** The same mail with the secrets of its link left out: the token, and all that stands behind `#`, such as proofs. */
export function withoutSecret({ button, ...body }: MailBody): MailBody {
  if (!button?.secret) return { button, ...body }
  return {
    ...body,
    button: { label: button.label, path: button.path.replaceAll(button.secret, '…').replace(/#.*$/s, '#…') },
  }
}

interface Words {
  paragraphs: string[]
  button: { label: string; url: string } | undefined
  footer: string | undefined
}

// One address and nothing else: no second recipient, no display name, no further header line.
function checkedAddress(to: string): string {
  const sound =
    to.length <= maxAddressLength &&
    /^[^\s\p{Cc}\p{Zl}\p{Zp}@<>,;:()"[\]\\]+@[^\s\p{Cc}\p{Zl}\p{Zp}@<>,;:()"[\]\\]+$/u.test(to)
  if (!sound) throw new Error('a mail goes to exactly one plain address')
  return to
}

function checkedButton({ label, path, secret }: MailButton): MailButton {
  // `//elsewhere` and `/\\elsewhere` would lead to another host.
  const isOurs = /^\/(?![/\\])/.test(path) && new URL(path, anyHub).origin === anyHub
  if (!isOurs) throw new Error('the button of a mail leads to a page of the hub')
  // Paths and queries are sent to servers, and end up in their logs.
  if (secret !== undefined && path.split('#')[0]?.includes(secret))
    throw new Error('the secret of a mail stands behind # in its link')
  return { label: oneLine(label), path, secret }
}

function oneLine(words: string): string {
  return words.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
}

// Mail programs turn addresses in running text into links, and names of people and organizations stand there.
function withoutLinks(words: string): string {
  return words
    .toWellFormed()
    .replace(/\0/g, '')
    .replace(/:\/\//g, ':\u2060//')
    .replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}\u2060.`)
}

function asText({ paragraphs, button, footer }: Words): string {
  const parts = [...paragraphs]
  if (button) parts.push(`${button.label}:\n${button.url}`)
  if (footer) parts.push(`-- \n${footer}`)
  return `${parts.join('\n\n')}\n`
}

const family = 'system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,sans-serif'
const styles = {
  page: `margin:0;padding:32px 16px;background:#f5f7f8;font:16px/1.55 ${family};color:#1a1e23`,
  card: 'max-width:560px;margin:0 auto;padding:32px;background:#ffffff;border:1px solid #d8dce1;border-radius:8px',
  title: 'margin:0 0 16px;font-size:20px;line-height:1.3;font-weight:600',
  paragraph: 'margin:0 0 16px',
  action: 'margin:24px 0 16px',
  button:
    'display:inline-block;padding:10px 20px;background:#1a6678;color:#ffffff;text-decoration:none;border-radius:8px;font-weight:600',
  small: 'margin:0 0 16px;font-size:13px;color:#444b54;overflow-wrap:anywhere',
  footer: 'max-width:560px;margin:16px auto 0;font-size:13px;color:#444b54',
}

function asHtml(title: string, { paragraphs, button, footer }: Words): string {
  const body = [
    `<h1 style="${styles.title}">${escapeHtml(title)}</h1>`,
    ...paragraphs.map((words) => `<p style="${styles.paragraph}">${escapeHtml(words).replace(/\r?\n/g, '<br>')}</p>`),
    ...(button ? buttonHtml(button) : []),
  ]
  const below = footer ? `<p style="${styles.footer}">${escapeHtml(footer).replace(/\r?\n/g, '<br>')}</p>` : ''
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${escapeHtml(title)}</title></head>
<body style="${styles.page}">
<div style="${styles.card}">
${body.join('\n')}
</div>
${below}
</body>
</html>
`
}

function buttonHtml({ label, url }: { label: string; url: string }): string[] {
  const address = escapeHtml(url)
  return [
    `<p style="${styles.action}"><a href="${address}" style="${styles.button}">${escapeHtml(label)}</a></p>`,
    `<p style="${styles.small}">If the button doesn’t work, open this link: ${address}</p>`,
  ]
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeHtml(words: string): string {
  return words.replace(/[&<>"']/g, (char) => entities[char] ?? char)
}
