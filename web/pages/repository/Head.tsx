import { Group, Stack, Text, Title } from '@mantine/core'
import { CopyIcon } from '../../pieces/Copy.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { GroupBadge, ReachBadges } from '../../pieces/RepoBadges.tsx'
import { RepoIcon } from '../../pieces/RepoIcon.tsx'
import { When } from '../../pieces/When.tsx'
import { repoPage } from '../../places.ts'
import type { Repository } from '../../repository.ts'
import classes from './Head.module.css'

const tagsShown = 12

/** The first lines of every page of a repository: its name, who may read it, what its card calls it. */
export function RepositoryHead({ repository }: { repository: Repository }) {
  const { type, id, namespace, name, row } = repository
  const tags = (row.tags ?? []).slice(0, tagsShown)
  const more = (row.tags ?? []).length - tags.length
  return (
    <Stack gap={6} mb="sm">
      <Group gap="xs">
        <div className={classes.names}>
          <RepoIcon type={type} size={22} />
          <Title order={1} size="h2" fz={20} className={classes.name ?? ''}>
            <LinkTo to="/$name" params={{ name: namespace }} inherit fw={400}>
              {namespace}
            </LinkTo>
            <span className={classes.slash}>/</span>
            <LinkTo {...repoPage({ type, id })} inherit c="inherit">
              {name}
            </LinkTo>
          </Title>
          <CopyIcon value={id} label={`Copy name: ${id}`} size="sm" />
        </div>
        <ReachBadges of={row} />
        {row.resourceGroup && (
          <LinkTo
            to="/organizations/$org/settings/resource-groups/$group"
            params={{ org: namespace, group: row.resourceGroup.name }}
            display="inline-flex"
          >
            <GroupBadge name={row.resourceGroup.name} />
          </LinkTo>
        )}
      </Group>
      <Text size="sm" c="dimmed" component="div" className="sentence">
        <Readers repository={repository} />
        {row.lastModified && (
          <>
            {' '}
            · Updated <When time={row.lastModified} />
          </>
        )}
      </Text>
      {tags.length > 0 && (
        <ul className={classes.tags} aria-label="Tags">
          {tags.map((tag) => (
            <li key={tag} title={tag}>
              {tag}
            </li>
          ))}
          {more > 0 && <li>{more} more</li>}
        </ul>
      )}
    </Stack>
  )
}

function Readers({ repository: { type, namespace, row } }: { repository: Repository }) {
  const kind = type === 'space' ? 'Space' : type
  if (!row.private) return <>Public {kind}</>
  return row.resourceGroup ? (
    <>
      Private {kind} · {row.resourceGroup.name} and admins
    </>
  ) : (
    <>
      Private {kind} · {namespace}
    </>
  )
}
