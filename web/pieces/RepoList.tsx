import { Group, Stack, Text } from '@mantine/core'
import type { repos } from '../../api/index.ts'
import { repoPage } from '../places.ts'
import { repoTypeNames } from '../words.ts'
import { LinkTo } from './LinkTo.tsx'
import { GroupBadge, ReachBadges } from './RepoBadges.tsx'
import { RepoIcon } from './RepoIcon.tsx'
import classes from './RepoList.module.css'
import { When } from './When.tsx'

type Repository = repos.Repository

/** Repositories, a line each: kind, name, whether private, resource group, when it changed. */
export function RepoList({
  rows,
  withNamespace,
  label,
}: {
  rows: Repository[]
  withNamespace?: boolean
  label: string
}) {
  return (
    <ul className={classes.list} aria-label={label}>
      {rows.map((row) => (
        <RepoLine key={row._id} row={row} withNamespace={withNamespace ?? false} />
      ))}
    </ul>
  )
}

function RepoLine({ row, withNamespace }: { row: Repository; withNamespace: boolean }) {
  return (
    <li className={classes.line}>
      <RepoIcon type={row.type} />
      <div className={classes.words}>
        <Stack gap={0} className={classes.name ?? ''}>
          <LinkTo {...repoPage(row)} fw={500} size="sm" truncate>
            {withNamespace ? row.id : row.id.slice(row.author.length + 1)}
          </LinkTo>
          <Text size="xs" c="dimmed">
            {repoTypeNames[row.type]} · Updated <When time={row.lastModified} />
          </Text>
        </Stack>
        <Group gap={6} justify="flex-end">
          {row.resourceGroup && <GroupBadge name={row.resourceGroup.name} />}
          <ReachBadges of={row} />
        </Group>
      </div>
    </li>
  )
}
