/** What a line of `.gitattributes` says of an attribute: its value, true, false, or nothing after all. */
export interface AttributeState {
  name: string
  value: string | boolean | undefined
}

/** A line of `.gitattributes`: what files that match a pattern get, or what a macro stands for. */
export interface AttributeLine {
  kind: 'pattern' | 'macro'
  /** The pattern, or the name of the macro. */
  subject: string
  states: AttributeState[]
}

const mostLineBytes = 2047
const macroPrefix = '[attr]'
const blank = /[ \t\r]+/
const quotedSubject = /^"((?:[^"\\]|\\(?:[abfnrtv"\\]|[0-3][0-7]{2}))*)"/s

/** Reads one line as git does; undefined for what it passes over. */
export function readAttributeLine(line: string): AttributeLine | undefined {
  if (Buffer.byteLength(line) > mostLineBytes) return undefined
  const start = line.replace(/^[ \t\r]+/, '')
  const [whole, quoted] = quotedSubject.exec(start) ?? /^[^ \t\r#][^ \t\r]*/.exec(start) ?? []
  if (whole === undefined) return undefined
  const subject = quoted === undefined ? whole : unquoted(quoted)
  const states = start.slice(whole.length).split(blank).filter(Boolean).map(stateOf)
  if (!states.every((state) => state !== undefined)) return undefined
  if (!isMacro(subject)) return { kind: 'pattern', subject, states }
  const name = subject.slice(macroPrefix.length)
  return isName(name) ? { kind: 'macro', subject: name, states } : undefined
}

function isMacro(subject: string): boolean {
  return subject.startsWith(macroPrefix) && subject.length > macroPrefix.length
}

function stateOf(word: string): AttributeState | undefined {
  const [, sign, name = '', equals, value] = /^([-!]?)([^=]*)(=?)(.*)$/s.exec(word) ?? []
  if (!isName(name)) return undefined
  if (sign === '-') return { name, value: false }
  if (sign === '!') return { name, value: undefined }
  return { name, value: equals === '=' ? value : true }
}

function isName(name: string): boolean {
  return /^[A-Za-z0-9_.][-A-Za-z0-9_.]*$/.test(name) && !name.startsWith('builtin_')
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }

function unquoted(text: string): string {
  const bytes = text.replace(/\\([0-3][0-7]{2}|.)/g, (_, letters: string) =>
    /^\d/.test(letters) ? String.fromCharCode(Number.parseInt(letters, 8)) : (escapes[letters] ?? letters),
  )
  // Octal escapes name bytes, so that letters beyond ASCII come in several.
  const isBytes = [...bytes].every((character) => character <= '\u00ff')
  return isBytes ? Buffer.from(bytes, 'latin1').toString() : bytes
}
