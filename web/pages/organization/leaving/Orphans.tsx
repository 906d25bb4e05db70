import { List } from '@mantine/core'
import type { leaving } from '../../../../api/index.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { counted } from '../../../words.ts'
import { RepoLink } from './holdings.tsx'

const namedAtMost = 8

/** What has no other owner: resource groups, repositories (the first of them by name), and service accounts. */
export function Orphans({ needs, org }: { needs: leaving.NeedsOwner; org: string }) {
  const named = needs.repositories.slice(0, namedAtMost)
  const more = needs.repositoryCount - named.length
  return (
    <List size="sm" spacing={2} mt={4}>
      {needs.groups.map(({ id, name }) => (
        <List.Item key={id}>
          Resource group{' '}
          <LinkTo
            to="/organizations/$org/settings/resource-groups/$group"
            params={{ org, group: name }}
            underline="always"
          >
            {name}
          </LinkTo>
        </List.Item>
      ))}
      {named.map((one) => (
        <List.Item key={`${one.type} ${one.repository}`}>
          <RepoLink {...one} />
        </List.Item>
      ))}
      {more > 0 && <List.Item>and {counted(more, 'more repository', 'more repositories')}</List.Item>}
      {needs.serviceAccounts.map(({ id, name }) => (
        <List.Item key={id}>Service account {name}</List.Item>
      ))}
    </List>
  )
}
