import { Group, Stack, Text, Title } from '@mantine/core'
import { IconSettings } from '@tabler/icons-react'
import type { people, ReplyOf } from '../../../api/index.ts'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { Markdown } from '../../pieces/Markdown.tsx'
import { Portrait } from '../../pieces/Portrait.tsx'
import { When } from '../../pieces/When.tsx'
import { useInstance } from '../../session.ts'
import { counted } from '../../words.ts'
import classes from './Namespace.module.css'
import { Repositories } from './Repositories.tsx'

type Person = ReplyOf<typeof people.userOverview>

/** A person as everybody sees them: their repositories, and the organizations they are in. */
export function PersonPage({ person }: { person: Person }) {
  const { name, account } = useInstance()
  const self = account?.name === person.user
  return (
    <div className={classes.columns}>
      <title>{`${person.fullname || person.user} · ${name}`}</title>
      <Stack gap="lg" miw={0}>
        <Group gap="md">
          <Portrait name={person.user} fullname={person.fullname} size={64} />
          <div className={classes.words}>
            <Title order={1}>{person.fullname || person.user}</Title>
            <Text c="dimmed">
              {person.user} · joined <When time={person.createdAt} />
            </Text>
          </div>
          {self && (
            <ButtonTo to="/settings/profile" leftSection={<IconSettings size={16} aria-hidden />}>
              Edit profile
            </ButtonTo>
          )}
        </Group>
        <Repositories
          namespace={person.user}
          mayCreate={self}
          seesPrivate={self}
          counts={{ models: person.numModels, datasets: person.numDatasets, spaces: person.numSpaces }}
        />
      </Stack>
      <Stack gap="lg">
        {person.details && <Markdown text={person.details} />}
        <Organizations person={person} />
      </Stack>
    </div>
  )
}

function Organizations({ person }: { person: Person }) {
  return (
    <section aria-label="Organizations">
      <Title order={2} size="h5" mb="sm">
        {person.orgs.length === 0 ? 'Organizations' : counted(person.orgs.length, 'organization')}
      </Title>
      {person.orgs.length === 0 && (
        <Text size="sm" c="dimmed">
          No public organizations
        </Text>
      )}
      <Stack gap="xs">
        {person.orgs.map((org) => (
          <Group key={org.id} gap="sm" wrap="nowrap">
            <Portrait name={org.name} fullname={org.fullname} size={28} square />
            <LinkTo to="/$name" params={{ name: org.name }} size="sm" truncate>
              {org.fullname || org.name}
            </LinkTo>
          </Group>
        ))}
      </Stack>
    </section>
  )
}
