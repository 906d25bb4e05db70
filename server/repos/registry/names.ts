import type { RepoType } from '../../../api/index.ts'
import { badField } from '../../kernel/errors.ts'

const maxNameLength = 96

/** What stands before the name in addresses: models have nothing there. */
export const addressPrefix: Record<RepoType, string> = { model: '', dataset: 'datasets/', space: 'spaces/' }

/** Refuses what cannot be the name of a repository, naming the field. */
export function checkRepoName(field: string, name: string): void {
  const problem = problemOf(name)
  if (problem) throw badField(field, problem)
}

function problemOf(name: string): string | undefined {
  if (name.length === 0 || name.length > maxNameLength) return `must have 1 to ${maxNameLength} characters`
  if (!/^[A-Za-z0-9._-]*$/.test(name)) return 'can contain only letters, digits, `-`, `_`, and `.`'
  if (!/^[A-Za-z0-9_].*(?<=[A-Za-z0-9_])$/.test(name)) return 'must start and end with a letter, a digit, or `_`'
  if (/\.\.|--/.test(name)) return 'must not contain `..` or `--`'
  return /\.(git|lock)$/i.test(name) ? 'must not end in `.git` or `.lock`' : undefined
}

/** The parts of `namespace/name`; a name alone belongs to the caller's own namespace, which is undefined here. */
export function splitRepoId(field: string, id: string): { namespace: string | undefined; name: string } {
  const parts = id.split('/')
  const [first = '', second] = parts
  if (parts.length > 2 || (parts.length === 2 && first === ''))
    throw badField(field, 'must be a name, or `namespace/name`')
  return second === undefined ? { namespace: undefined, name: first } : { namespace: first, name: second }
}
