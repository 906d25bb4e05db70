import { Code, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconFolders, IconHistory, IconUsers } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { useInstance } from '../../session.ts'

/** What this instance is, and the way in: for people who are not signed in. */
export function Welcome() {
  const { name, signUp } = useInstance()
  return (
    <Stack gap={48} py={{ base: 16, sm: 56 }} maw={960} mx="auto">
      <title>{name}</title>
      <Stack gap="md" maw={640}>
        <Title order={1} fz={{ base: 28, sm: 38 }}>
          Your team’s models and datasets, on your own server
        </Title>
        <Text size="lg" c="dimmed">
          Store machine-learning repositories with {name}, and control who can access each one.
        </Text>
        <Group>
          <ButtonTo to="/login" variant="filled" size="md">
            Sign in
          </ButtonTo>
          {signUp === 'open' && (
            <ButtonTo to="/signup" size="md">
              Sign up
            </ButtonTo>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {signUp === 'open' ? 'Anyone can create an account.' : 'Accounts are created by site admins.'}
        </Text>
      </Stack>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl">
        <Point icon={<IconUsers size={22} aria-hidden />} title="Members and roles">
          Five roles, from no access to admin. Preview the effect of a change before you apply it.
        </Point>
        <Point icon={<IconFolders size={22} aria-hidden />} title="Resource groups">
          Limit private repositories to the people who work on them.
        </Point>
        <Point icon={<IconHistory size={22} aria-hidden />} title="Audit log">
          See who changed what, when, and from where, in a tamper-evident log.
        </Point>
      </SimpleGrid>
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          Your existing scripts and client libraries work without changes. Set this variable:
        </Text>
        <Code block>export HF_ENDPOINT={location.origin}</Code>
      </Stack>
    </Stack>
  )
}

function Point({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <Stack gap={6}>
      <Text c="hall">{icon}</Text>
      <Title order={2} size="h5">
        {title}
      </Title>
      <Text size="sm" c="dimmed">
        {children}
      </Text>
    </Stack>
  )
}
