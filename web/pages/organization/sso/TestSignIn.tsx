import { Button, Group, List, Stack, Text } from '@mantine/core'
import { sso } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { CodeBox } from '../../../pieces/CodeBox.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { When } from '../../../pieces/When.tsx'

/** Tries the settings, and shows what the identity provider sent and what it would come to. */
export function TestSignIn({ org, settings: { lastTest } }: { org: Org; settings: sso.SsoSettings }) {
  const test = useChange(sso.testSso, ({ location }) => window.location.assign(location))
  return (
    <Block title="Test sign-in" about="Sign in once to see what the identity provider sends. A test changes nothing.">
      <ErrorNote error={test.error} />
      <Group>
        <Button loading={test.isPending || test.isSuccess} onClick={() => test.mutate({ params: { org: org.name } })}>
          Test sign-in
        </Button>
      </Group>
      {lastTest && <Report test={lastTest} />}
    </Block>
  )
}

function Report({ test: { at, succeeded, isCurrent, report } }: { test: NonNullable<sso.SsoSettings['lastTest']> }) {
  const { email, subject, role, groups, problems, notes, attributes } = report
  const facts = [
    subject !== null && `Identity: ${subject}`,
    email !== null && `Email address: ${email}`,
    role !== null && `Role: ${role}`,
    groups.length > 0 && `Resource groups: ${groups.map((group) => `${group.name} (${group.role})`).join(', ')}`,
    ...notes,
  ].filter((line) => line !== false)
  return (
    <Stack gap="xs" role="status" aria-label="Last test sign-in">
      <Text fw={500}>
        {succeeded ? 'The test sign-in succeeded' : 'The test sign-in failed'} <When time={at} />
      </Text>
      {!isCurrent && (
        <Text size="sm" c="dimmed">
          The settings have changed since. Test again before you enforce SSO.
        </Text>
      )}
      {problems.map((problem) => (
        <Text key={problem} size="sm" c="var(--mantine-color-red-light-color)">
          {problem}
        </Text>
      ))}
      <List size="sm">
        {facts.map((fact) => (
          <List.Item key={fact}>{fact}</List.Item>
        ))}
      </List>
      {Object.keys(attributes).length > 0 && (
        <>
          <Text size="sm">The identity provider sent:</Text>
          <CodeBox label="What the identity provider sent" lines={JSON.stringify(attributes, null, 2)} />
        </>
      )}
    </Stack>
  )
}
