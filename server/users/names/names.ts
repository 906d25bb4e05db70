import { daySeconds, secondsFromNow } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { isId } from '../../kernel/ids.ts'
import type { Tx } from '../../store/database.ts'
import { claimName, keepNamesOfPurged, releaseCurrentName } from './name-store.ts'
import { reservedNames } from './reserved.ts'

/** How long an old name redirects, and can be taken by its former holder only. */
export const keptNameSeconds = 90 * daySeconds

const shortestName = 2
const longestName = 42
const reserved = new Set(reservedNames)

/** Whose name it is. */
export type NameHolder = { userId: string; orgId?: undefined } | { orgId: string; userId?: undefined }

/** Refuses, naming the field, what cannot be the name of a person or an organization; whether it is taken is not asked. */
export function checkName(field: string, name: string): void {
  const problem = problemOf(name)
  if (problem !== undefined) throw badField(field, problem)
}

function problemOf(name: string): string | undefined {
  if (name.length < shortestName || name.length > longestName)
    return `must have ${shortestName} to ${longestName} characters`
  if (!/^[A-Za-z0-9-]+$/.test(name)) return 'can contain only letters (A to Z), digits, and hyphens'
  if (name.startsWith('-') || name.endsWith('-')) return 'must not start or end with a hyphen'
  if (name.includes('--')) return 'must not contain two hyphens in a row'
  if (/^\d+$/.test(name)) return 'must not consist only of digits'
  if (isId(name)) return 'must not look like an ID (24 hexadecimal digits)'
  if (reserved.has(name.toLowerCase())) return 'is reserved. Choose another name'
  return undefined
}

/** Makes a name of a username as identity providers have them, such as `Ada.Lovelace@example.org`; whether it is taken is not asked. */
export function fitName(text: string): string {
  const [local = ''] = text.normalize('NFKD').split('@')
  const plain = local
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, longestName)
  const name = plain.replace(/^-+|-+$/g, '')
  if (problemOf(name) === undefined) return name
  return `member-${name}`.slice(0, longestName).replace(/-+$/, '')
}

/** A name as it is compared: only A to Z have a lower case, so that no look-alike becomes a letter. */
export function lowerName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/**
 * Gives a name that passed {@link checkName} to a person or an organization that has none. Names that are current, or
 * kept for another holder, are refused with `409`, in the same words: which of the two is not told.
 */
export async function takeName(tx: Tx, { name, ...holder }: { name: string } & NameHolder): Promise<void> {
  if (await claimName(tx, name, holder)) return
  throw new HubError('NameTaken', `The name ${name} is taken, or was used in the last 90 days. Choose another name.`)
}

/**
 * Changes the name of a person or an organization; the old one redirects for 90 days. The copy of the name in the
 * holder's own row is the caller's to change.
 */
export async function renameTo(tx: Tx, { name, ...holder }: { name: string } & NameHolder): Promise<void> {
  await releaseCurrentName(tx, holder, secondsFromNow(keptNameSeconds))
  await takeName(tx, { name, ...holder } as { name: string } & NameHolder)
}

/** Gives up the name of an account that is deleted: until a moment no one can take it. */
export async function giveUpName(tx: Tx, userId: string, keptUntil: Date): Promise<void> {
  await releaseCurrentName(tx, { userId }, keptUntil)
}

/** Keeps the names of an organization that is about to be deleted for good: for 90 days after its deletion no one can take them. */
export async function keepDeletedNames(tx: Tx, orgId: string, deletedAt: Date): Promise<void> {
  await keepNamesOfPurged(tx, orgId, new Date(deletedAt.getTime() + keptNameSeconds * 1000))
}
