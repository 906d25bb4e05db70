import { badField } from '../../kernel/errors.ts'
import { hashPassword } from './passwords.ts'

const fewestCharacters = 5
const shortestOfOwn = 3
const shortestRest = 6

interface Chosen {
  field: string
  /** Names and addresses of the account. */
  names: readonly (string | null | undefined)[]
}

/** The hash of a password that someone chooses; refuses what {@link refuseWeakPassword} does. */
export async function newPasswordHash(password: string, chosen: Chosen): Promise<string> {
  await refuseWeakPassword(password, chosen)
  return hashPassword(password)
}

/**
 * Refuses, naming the field, what guessers try first: common passwords, runs and repeats, and what is little more than
 * a name or address of the account.
 */
export async function refuseWeakPassword(password: string, { field, names }: Chosen): Promise<void> {
  const plain = password.normalize('NFKC').toLowerCase()
  if (isTrivial(plain))
    throw badField(field, 'is too easy to guess because it repeats or counts. Choose a longer phrase.')
  if (isOwn(plain, names))
    throw badField(field, 'is too easy to guess because it contains your username or email address.')
  if (await isCommon(plain)) throw badField(field, 'is too common. Choose another password.')
}

function isTrivial(password: string): boolean {
  const codes = Array.from(password, (character) => character.codePointAt(0) ?? 0)
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)))
  return (
    new Set(codes).size < fewestCharacters || steps.size === 1 || /^(.{1,4})\1+$/u.test(password) || isCount(password)
  )
}

// 1234567890, and its like: the last step from 9 leads to 0
function isCount(password: string): boolean {
  const up = '01234567890123456789'
  return up.includes(password) || [...up].reverse().join('').includes(password)
}

function isOwn(password: string, names: readonly (string | null | undefined)[]): boolean {
  const own = names.flatMap((name) => (name ? [name.toLowerCase(), name.toLowerCase().split('@')[0] ?? ''] : []))
  const longest = own.filter((name) => name.length >= shortestOfOwn).sort((a, b) => b.length - a.length)
  const rest = longest.reduce((left, name) => left.replaceAll(name, ''), password)
  return rest !== password && rest.length < shortestRest
}

let common: Promise<ReadonlySet<string>> | undefined

// Signs and years around a common word make it no better. Read only once someone chooses a password: it takes 200 ms.
async function isCommon(password: string): Promise<boolean> {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']))
  const list = await common
  const bare = password.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
  return [password, bare, bare.replace(/\d{1,4}$/, '')].some((each) => list.has(each))
}
