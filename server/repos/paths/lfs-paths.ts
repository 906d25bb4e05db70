import { lfsLine } from './attributes.ts'
import { compilePattern, type Effort, type Pattern } from './patterns.ts'

const mostPatterns = 2000
const mostLines = 60_000

interface Rule {
  isLfs: boolean
  line: number
}

/** Reads a `.gitattributes` and answers which paths it gives to LFS: of all lines that match, the last one counts. */
export function lfsPathsOf(text: string, effort: Effort): (path: string) => boolean {
  // Files named one by one can be many; the patterns are tried one after the other.
  const literals = new Map<string, Rule>()
  const patterns: (Rule & { pattern: Pattern })[] = []
  for (const [line, words] of text.split('\n').slice(0, mostLines).entries()) {
    const [pattern, isLfs] = ruleOf(words, effort)
    if (pattern === undefined || isLfs === undefined) continue
    if (pattern.literal !== undefined) literals.set(pattern.literal, { isLfs, line })
    else if (patterns.length < mostPatterns) patterns.push({ pattern, isLfs, line })
  }
  patterns.reverse()
  return (path) => {
    const literal = literals.get(path)
    const rule = patterns.find((rule) => rule.line > (literal?.line ?? -1) && rule.pattern.matches(path))
    return (rule ?? literal)?.isLfs ?? false
  }
}

function ruleOf(line: string, effort: Effort): [Pattern?, boolean?] {
  const [, quoted, bare, rest] = /^[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s"#]\S*))[ \t\r]+(.*)$/s.exec(line) ?? []
  const text = quoted === undefined ? bare : unquoted(quoted)
  // A line may take several attributes, and the last word about the filter counts; `[attr]` defines a name.
  const word = rest
    ?.trim()
    .split(/[ \t\r]+/)
    .findLast((word) => /^[-!]?filter(?:=|$)/.test(word))
  if (text === undefined || word === undefined || text.startsWith('!') || text.startsWith('[attr]')) return []
  const pattern = text.endsWith('/') ? undefined : compilePattern(text, effort)
  return pattern ? [pattern, word === 'filter=lfs'] : []
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

/** The line that gives exactly this file to LFS. */
export function lfsLineFor(path: string): string {
  const pattern = `/${path.replace(/[*?[\\]/g, '\\$&')}`
  return lfsLine(/[\s"]/.test(pattern) ? `"${pattern.replace(/["\\]/g, '\\$&')}"` : pattern)
}
