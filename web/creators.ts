import type { ReplyOf, users } from '../api/index.ts'

type Mine = ReplyOf<typeof users.listMyOrganizations>['organizations']

const creators: ReadonlySet<string> = new Set(['contributor', 'write', 'admin'])

/** Names of the organizations in which you can create repositories. */
export function creatableIn(organizations: Mine): string[] {
  return organizations
    .filter(({ role, blockedBy }) => blockedBy.length === 0 && creators.has(role))
    .map(({ name }) => name)
}
