import { Divider, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import type { users } from '../../../api/index.ts'
import classes from './DemoAccounts.module.css'

/** The sample accounts of the demo: one click signs in. */
export function DemoAccounts(props: {
  demo: users.DemoAccounts
  busy: boolean
  onChoose: (credentials: { username: string; password: string }) => void
}) {
  const { people, password } = props.demo
  return (
    <Stack component="section" gap="xs" mb="lg" aria-labelledby="demo-accounts">
      <Title order={2} size="h5" id="demo-accounts">
        Sample accounts
      </Title>
      <Text size="sm" c="dimmed">
        Select one to sign in. Anyone who can reach this page can use them.
      </Text>
      {people.map(({ username, fullname, about }) => (
        <UnstyledButton
          key={username}
          className={classes.card ?? ''}
          disabled={props.busy}
          onClick={() => props.onChoose({ username, password })}
        >
          <Text size="sm" fw={600}>
            {fullname}
          </Text>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </UnstyledButton>
      ))}
      <Divider label="or use your own account" mt="xs" />
    </Stack>
  )
}
