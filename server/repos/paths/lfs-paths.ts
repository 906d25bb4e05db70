import { type AttributeLine, type AttributeState, readAttributeLine } from './attribute-lines.ts'
import { lfsLine } from './attributes.ts'
import { compilePattern, type Effort, type Pattern } from './patterns.ts'

const mostPatterns = 2000
const mostLines = 60_000
const decisive = 'filter'

/** The `.gitattributes` of a folder; that of the root has an empty path. */
export interface AttributesFile {
  folder: string
  text: string
}

interface Rule {
  states: AttributeState[]
  line: number
}

/** The rules of one file. Files named one by one can be many; patterns are tried one after the other, the last first. */
interface Rules {
  literals: Map<string, Rule[]>
  patterns: (Rule & { pattern: Pattern })[]
}

type Macros = ReadonlyMap<string, AttributeState[]>

/**
 * Answers which paths the files of a commit give to LFS, as `git check-attr` does: what stands deeper wins, and in one
 * file what comes later. Macros are those of the root.
 */
export function lfsPathsOf(files: readonly AttributesFile[], effort: Effort): (path: string) => boolean {
  const lines = new Map(files.map(({ folder, text }) => [folder, linesOf(text)]))
  const macros = macrosOf(lines.get('') ?? [])
  const relevant = relevantNames(macros)
  const rules = new Map([...lines].map(([folder, found]) => [folder, rulesOf(found, relevant, effort)]))
  return (path) => {
    const known = new Map<string, AttributeState['value']>()
    for (const folder of foldersAbove(path)) {
      const here = rules.get(folder)
      if (here && decide(here, path.slice(folder === '' ? 0 : folder.length + 1), { known, macros })) break
    }
    return known.get(decisive) === 'lfs'
  }
}

function linesOf(text: string): [line: number, AttributeLine][] {
  const lines = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .slice(0, mostLines)
  return lines.flatMap((line, number): [number, AttributeLine][] => {
    const read = readAttributeLine(line)
    return read ? [[number, read]] : []
  })
}

function macrosOf(lines: readonly [number, AttributeLine][]): Macros {
  return new Map(lines.flatMap(([, { kind, subject, states }]) => (kind === 'macro' ? [[subject, states]] : [])))
}

// The attribute that decides, and the macros that can set it.
function relevantNames(macros: Macros): ReadonlySet<string> {
  const names = new Set([decisive])
  for (let before = 0; before < names.size; ) {
    before = names.size
    for (const [macro, states] of macros) if (states.some(({ name }) => names.has(name))) names.add(macro)
  }
  return names
}

function rulesOf(lines: readonly [number, AttributeLine][], relevant: ReadonlySet<string>, effort: Effort): Rules {
  const rules: Rules = { literals: new Map(), patterns: [] }
  for (const [line, { kind, subject, states: all }] of lines) {
    const states = all.filter(({ name }) => relevant.has(name)).reverse()
    if (kind === 'macro' || states.length === 0 || /^!|\/$/.test(subject)) continue
    const pattern = compilePattern(subject, effort)
    if (pattern?.literal !== undefined) {
      const same = rules.literals.get(pattern.literal) ?? []
      same.push({ states, line })
      rules.literals.set(pattern.literal, same)
    } else if (pattern && rules.patterns.length < mostPatterns) rules.patterns.push({ pattern, states, line })
  }
  rules.patterns.reverse()
  return rules
}

function* foldersAbove(path: string): Generator<string> {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
    yield path.slice(0, slash)
  yield ''
}

interface Decision {
  known: Map<string, AttributeState['value']>
  macros: Macros
}

// True once nothing further up can change it.
function decide({ literals, patterns }: Rules, path: string, decision: Decision): boolean {
  const named = literals.get(path) ?? []
  let next = named.length - 1
  const takeNamedAfter = (line: number): boolean => {
    for (let rule = named[next]; rule !== undefined && rule.line > line; rule = named[--next]) {
      if (fill(rule.states, decision)) return true
    }
    return false
  }
  for (const { pattern, states, line } of patterns) {
    if (takeNamedAfter(line)) return true
    if (pattern.matches(path) && fill(states, decision)) return true
  }
  return takeNamedAfter(-1)
}

// What is known already stays; a macro counts only where it is set itself.
function fill(states: readonly AttributeState[], { known, macros }: Decision): boolean {
  for (const { name, value } of states) {
    if (known.has(name)) continue
    known.set(name, value)
    const macro = value === true ? macros.get(name) : undefined
    if (macro) fill(macro.toReversed(), { known, macros })
  }
  return known.has(decisive)
}

/** The line that gives exactly this file to LFS. */
export function lfsLineFor(path: string): string {
  const pattern = `/${path.replace(/[*?[\\]/g, '\\$&')}`
  return lfsLine(/[\s"]/.test(pattern) ? `"${pattern.replace(/["\\]/g, '\\$&')}"` : pattern)
}
