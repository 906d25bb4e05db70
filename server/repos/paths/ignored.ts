import { compilePattern, type Effort, type Pattern } from './patterns.ts'

const mostRules = 2000

interface Rule {
  pattern: Pattern
  isNegated: boolean
  foldersOnly: boolean
}

/** Reads a `.gitignore` and answers whether it leaves a file out; a folder that is left out takes everything along. */
export function ignoredBy(text: string, effort: Effort): (path: string) => boolean {
  const rules = text
    .split('\n')
    .slice(0, mostRules)
    .flatMap((line) => ruleOf(line, effort))
    .reverse()
  const decide = (path: string, isFolder: boolean): boolean | undefined => {
    const rule = rules.find((rule) => (isFolder || !rule.foldersOnly) && rule.pattern.matches(path))
    return rule && !rule.isNegated
  }
  return (path) => {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      if (decide(path.slice(0, slash), true)) return true
    }
    return decide(path, false) ?? false
  }
}

function ruleOf(line: string, effort: Effort): Rule[] {
  const text = withoutSpaces(line.replace(/\r$/, ''))
  if (text.startsWith('#')) return []
  const isNegated = text.startsWith('!')
  const foldersOnly = text.endsWith('/')
  const pattern = compilePattern(text.slice(isNegated ? 1 : 0, foldersOnly ? -1 : undefined), effort)
  return pattern ? [{ pattern, isNegated, foldersOnly }] : []
}

// Spaces at the end count only behind a backslash. Step by step: an expression would go over them again from each one.
function withoutSpaces(line: string): string {
  let end = line.length
  while (line[end - 1] === ' ') end--
  const isEscaped = end < line.length && line[end - 1] === '\\'
  return line.slice(0, isEscaped ? end + 1 : end)
}
