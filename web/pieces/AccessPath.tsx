import { Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { access } from '../../api/index.ts'
import { givenPlace } from '../places.ts'
import { accessSourceWords } from '../words.ts'
import classes from './AccessPath.module.css'
import { LinkTo } from './LinkTo.tsx'
import { RoleBadge } from './RoleBadge.tsx'
import { sayDay, When } from './When.tsx'

interface Paths {
  person: ReactNode
  grounds: access.Ground[]
  target: string
}

/** How a person reaches something, drawn as steps; each ground is a path of its own. */
export function AccessPaths({ person, grounds, target }: Paths) {
  return (
    <Stack gap="lg">
      {grounds.length > 1 && (
        <Text size="sm" c="dimmed">
          There are {grounds.length} paths. Each is enough by itself.
        </Text>
      )}
      {grounds.map((ground) => (
        <ol
          key={`${ground.kind} ${ground.id} ${ground.source}`}
          className={classes.path}
          aria-label={`Path: ${accessSourceWords(ground)}`}
        >
          <li className={classes.step}>{person}</li>
          <li className={classes.step}>
            <GroundStep ground={ground} />
          </li>
          <li className={classes.step}>{target}</li>
        </ol>
      ))}
    </Stack>
  )
}

function GroundStep({ ground }: { ground: access.Ground }) {
  const { sentence, role, since, until, link } = ground
  return (
    <Stack gap={4}>
      <span>{sentence}</span>
      <Group gap={6} hidden={!role && !since && !until}>
        {role && <RoleBadge role={role} />}
        <Text span size="xs" c="dimmed">
          {since && (
            <>
              since <When time={since} />
            </>
          )}
          {until && `${since ? ' · ' : ''}until ${sayDay(until)}`}
        </Text>
      </Group>
      {link && (
        <LinkTo {...givenPlace(link)} size="sm">
          Change it
        </LinkTo>
      )}
    </Stack>
  )
}

/** What would change an answer about access, a sentence each. */
export function AccessChanges({ title, changes }: { title: string; changes: string[] }) {
  if (changes.length === 0) return null
  return (
    <section aria-label={title}>
      <Text size="sm" fw={500} mb={4}>
        {title}
      </Text>
      <ul className={classes.more}>
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
    </section>
  )
}
