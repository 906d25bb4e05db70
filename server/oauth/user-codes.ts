import { randomInt } from 'node:crypto'

// RFC 8628 §6.1: consonants alone form no words, and none of these look alike
const letters = 'BCDFGHJKLMNPQRSTVWXZ'
const length = 10

/** How many user codes there can be. */
export const userCodes = letters.length ** length

/** A new user code, as it is stored. */
export function newUserCode(): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('')
}

/** A user code as people read it: `WDJBM-JHTQX`. */
export function shownCode(code: string): string {
  return `${code.slice(0, length / 2)}-${code.slice(length / 2)}`
}

/** A user code as a person typed it, as it is stored; undefined where it cannot be one. */
export function typedCode(text: string): string | undefined {
  const code = text.toUpperCase().replace(/[\s\p{Pd}]/gu, '')
  return code.length === length && [...code].every((letter) => letters.includes(letter)) ? code : undefined
}
