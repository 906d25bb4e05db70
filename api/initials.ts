/** What people see where no picture was uploaded: the same letters and color on pages and in the pictures that the server draws. */
export interface Initials {
  letters: string
  /** A CSS color on which white letters can be read. */
  color: string
}

/** The initials of a person or an organization, on a color that follows from the name. */
export function initialsOf(name: string, fullname: string): Initials {
  return { letters: lettersOf(fullname) || lettersOf(name) || '?', color: `hsl(${hueOf(name)} 42% 32%)` }
}

function lettersOf(words: string): string {
  const parts = words.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '')
  const [first, last] = [parts.at(0), parts.length > 1 ? parts.at(-1) : undefined]
  return [first, last]
    .map((part) => [...(part ?? '')].slice(0, 1).join(''))
    .join('')
    .toUpperCase()
}

// FNV-1a, folded to 16 bits: names that differ in one letter get colors that differ.
function hueOf(name: string): number {
  let hash = 0x811c9dc5
  for (const letter of name.toLowerCase()) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return (((hash >>> 16) ^ (hash & 0xffff)) * 360) >>> 16
}
