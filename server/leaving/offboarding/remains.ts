import type { leaving } from '../../../api/index.ts'
import { now } from '../../kernel/clock.ts'
import { serviceAccounts as owned } from '../../service-accounts/holdings.ts'
import { hasSeenOrganizationToken } from '../../service-accounts/organization-token.ts'
import type { Db } from '../../store/database.ts'
import type { HolderIn } from '../../users/holding.ts'
import { countMade, readSoleGroups, readSoleRepositories } from './remains-store.ts'

const mostRepositoriesNamed = 100

/** What no one but the person looks after; the repositories beyond a hundred are counted alone. */
export async function getNeedsOwner(db: Db, key: HolderIn): Promise<leaving.NeedsOwner> {
  const at = now()
  const groups = await readSoleGroups(db, key, at)
  const { count, named } = await readSoleRepositories(db, key, { at, most: mostRepositoriesNamed })
  const serviceAccounts = await owned.list(db, key, at)
  return { groups, repositories: named, repositoryCount: count, serviceAccounts }
}

/** Whether there is anything that someone would have to take over. */
export function isOrphaned({ groups, repositoryCount, serviceAccounts }: leaving.NeedsOwner): boolean {
  return groups.length > 0 || repositoryCount > 0 || serviceAccounts.length > 0
}

/** How many things there are in all. */
export function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

/** What ending everything does not reach, or leaves on purpose, in sentences. */
export async function getRemains(
  db: Db,
  key: HolderIn,
  { org, user, tokens }: { org: string; user: string; tokens: number },
): Promise<string[]> {
  const made = await countMade(db, key)
  const knowsToken = await hasSeenOrganizationToken(db, key.orgId, user)
  return [
    ...(knowsToken
      ? [`${user} has seen the organization API token of ${org}. Refresh it, so that they can’t use it.`]
      : []),
    `Personal tokens of ${user} still work elsewhere. ${tokensNamed(tokens, org)}, even if ${user} rejoins.`,
    `${user} stays signed in to this instance, but only sees what is public in ${org}.`,
    `Public repositories of ${org} stay public.`,
    'Existing clones and downloads are not affected. If files are in S3-compatible storage, download links that were already created work for up to ten minutes.',
    made === 0
      ? 'Commits keep their author.'
      : `Repositories that ${user} created stay in ${org} (${made}), and commits keep their author.`,
    `Invitations to email addresses that admins can’t see stay listed, but ${user} can’t use the ones sent before now.`,
  ]
}

function tokensNamed(count: number, org: string): string {
  if (count === 0) return `Tokens that ${org} has revoked stay revoked`
  return count === 1
    ? `${org} no longer trusts the token listed here`
    : `${org} no longer trusts the ${count} tokens listed here`
}
