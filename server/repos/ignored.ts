import { compilePattern, type Pattern } from './patterns.ts'

const mostRules = 2000

interface Rule {
  pattern: Pattern
  isNegated: boolean
  foldersOnly: boolean
}

/** Reads a `.gitignore` and answers whether it leaves a file out; a folder that is left out takes everything along. */
export function ignoredBy(text: string): (path: string) => boolean {
  const rules = text.split('\n').slice(0, mostRules).flatMap(ruleOf).reverse()
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

function ruleOf(line: string): Rule[] {
  const text = line.replace(/\r$/, '').replace(/(?<!\\) +$/, '')
  if (text.startsWith('#')) return []
  const isNegated = text.startsWith('!')
  const foldersOnly = text.endsWith('/')
  const pattern = compilePattern(text.slice(isNegated ? 1 : 0, foldersOnly ? -1 : undefined))
  return pattern ? [{ pattern, isNegated, foldersOnly }] : []
}
