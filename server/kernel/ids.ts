import { randomBytes, randomInt } from 'node:crypto'
import { now } from './clock.ts'

const processPart = randomBytes(5).toString('hex')
let counter = randomInt(0x1000000)

/** A new id: 24 hex digits, 4 bytes of seconds, 5 random bytes of this process, 3 bytes of a counter. */
export function newId(): string {
  counter = (counter + 1) & 0xffffff
  const seconds = Math.floor(now().getTime() / 1000)
  return seconds.toString(16).padStart(8, '0') + processPart + counter.toString(16).padStart(6, '0')
}

/** Whether the text is an id in any case. */
export function isId(text: string): boolean {
  return /^[0-9a-fA-F]{24}$/.test(text)
}
