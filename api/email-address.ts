import { z } from 'zod'

const domainLabel = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const asciiDomain = new RegExp(String.raw`^(?:${domainLabel}\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$`)

// RFC 5321 §4.1.2, without what mail servers take for a route or a command: `!`, `%`, `|`.
const atom = "[A-Za-z0-9#$&'*+/=?^_`{}~-]+"
const localPart = new RegExp(String.raw`^(?!.*=\?)${atom}(?:\.${atom})*$`)
const longestLocalPart = 64
const longestAddress = 254

/** A domain as the DNS and other mail servers know it: in lower case, other letters mapped (UTS #46); undefined for none. */
function domainOf(text: string): string | undefined {
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(text)) return undefined
  const host = URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : ''
  return host.length <= 253 && asciiDomain.test(host) ? host : undefined
}

function addressOf(text: string): string | undefined {
  const at = text.lastIndexOf('@')
  const [local, domain] = [text.slice(0, Math.max(at, 0)), domainOf(text.slice(at + 1))]
  if (domain === undefined || local.length > longestLocalPart || !localPart.test(local)) return undefined
  const address = `${local}@${domain}`
  return address.length <= longestAddress ? address : undefined
}

// The one rule, wherever an address or a domain is typed, pasted, or read from a file.
function read(rule: (text: string) => string | undefined, message: string) {
  return (text: string, context: z.RefinementCtx) => {
    const found = rule(text.trim())
    if (found === undefined) context.addIssue({ code: 'custom', message })
    return found ?? z.NEVER
  }
}

/** An email address; its domain comes out as the DNS knows it. */
export const EmailAddress = z.string().max(320).transform(read(addressOf, 'isn’t valid'))

/** A domain such as `example.org`, as the DNS knows it. */
export const DomainName = z.string().max(320).transform(read(domainOf, 'must be a domain, such as example.org'))

/** The domain of email addresses, also as `@example.org`. */
export const AddressDomain = z
  .string()
  .max(320)
  .transform((text) => text.trim().replace(/^@/, ''))
  .pipe(DomainName)
