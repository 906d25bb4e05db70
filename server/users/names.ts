import { badField, HubError } from '../kernel/errors.ts'
import { isId } from '../kernel/ids.ts'
import type { Tx } from '../store/database.ts'
import { claimName, releaseCurrentName } from './name-store.ts'
import { reservedNames } from './reserved.ts'

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
  if (!/^[A-Za-z0-9-]+$/.test(name)) return 'may hold only the letters A to Z, digits and -'
  if (name.startsWith('-') || name.endsWith('-')) return 'must not begin or end with -'
  if (name.includes('--')) return 'must not hold --'
  if (/^\d+$/.test(name)) return 'must not be digits only'
  if (isId(name)) return 'must not look like an id (24 hexadecimal digits)'
  if (reserved.has(name.toLowerCase())) return 'is reserved; choose another'
  return undefined
}

/** A name as it is compared: only A to Z have a lower case, so that no look-alike becomes a letter. */
export function lowerName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/**
 * Gives a name that passed {@link checkName} to a person or an organization that has none. Old names that lead on may be
 * taken over; a current one is refused with `409`.
 */
export async function takeName(tx: Tx, { name, ...holder }: { name: string } & NameHolder): Promise<void> {
  if (await claimName(tx, name, holder)) return
  throw new HubError('NameTaken', `The name ${name} is taken; choose another.`)
}

/**
 * Changes the name of a person or an organization; the old one stays and leads on until someone takes it. The copy of
 * the name in the holder's own row is the caller's to change.
 */
export async function renameTo(tx: Tx, { name, ...holder }: { name: string } & NameHolder): Promise<void> {
  await releaseCurrentName(tx, holder)
  await takeName(tx, { name, ...holder } as { name: string } & NameHolder)
}
