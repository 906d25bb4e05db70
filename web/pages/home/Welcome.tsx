import { Code, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconFolders, IconHistory, IconUsers } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { useInstance } from '../../session.ts'

/** What this hub is, and the doors: for people who are not signed in. */
export function Welcome() {
  const { name, signUp } = useInstance()
  return (
    <Stack gap={48} py={{ base: 16, sm: 56 }} maw={960} mx="auto">
      <title>{name}</title>
      <Stack gap="md" maw={640}>
        <Title order={1} fz={{ base: 28, sm: 38 }}>
          Models and data sets, and who may do what with them
        </Title>
        <Text size="lg" c="dimmed">
          {name} keeps your team’s machine-learning repositories on your own machine, and says plainly who is a member,
          with which role, on which repositories.
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
          {signUp === 'open' ? 'Anybody may create an account here.' : 'Operators make the accounts here.'}
        </Text>
      </Stack>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl">
        <Point icon={<IconUsers size={22} aria-hidden />} title="Members and roles">
          Five roles from no access to admin. What a change will do is said before it is done.
        </Point>
        <Point icon={<IconFolders size={22} aria-hidden />} title="Resource groups">
          Private repositories, visible only to the people who work on them.
        </Point>
        <Point icon={<IconHistory size={22} aria-hidden />} title="Audit log">
          Every change, by whom and from where, in a chain that shows tampering.
        </Point>
      </SimpleGrid>
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          Scripts and clients that speak the hub API work here unchanged. Point them to this address:
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
