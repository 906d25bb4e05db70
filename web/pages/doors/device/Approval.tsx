import { Alert, Button, Group, List, Radio, Stack, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { oauth, type ReplyOf, users } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { ButtonTo } from '../../../pieces/LinkTo.tsx'
import { useAccount } from '../../../session.ts'
import { listed } from '../../../words.ts'
import { Door } from '../Door.tsx'
import { Origin } from './Origin.tsx'

type Device = ReplyOf<typeof oauth.viewDevice>

/** Shows who asks to sign in, and what that would give; approves or denies it. */
export function Approval({ device }: { device: Device }) {
  const deny = useChange(oauth.denyDevice)
  const form = useApproval(device)
  const account = useAccount()
  if (form.change.data) return <Approved program={device.program} />
  if (deny.data) return <Denied program={device.program} />
  const denyButton = (
    <Button loading={deny.isPending} onClick={() => deny.mutate({ params: { code: device.code } })}>
      Deny
    </Button>
  )
  return (
    <Door title={`Authorize ${device.program}`} state={`${device.program} wants to sign in as ${account?.name}.`}>
      <Stack gap="lg">
        <Alert variant="light" color="yellow" icon={<IconAlertTriangle aria-hidden />}>
          <Text size="sm" fw={600}>
            Only continue if you started this sign-in yourself.
          </Text>
          <Text size="sm" mt={4}>
            If someone sent you this link or code, deny it. They would get access to your account.
          </Text>
        </Alert>
        <Origin device={device} />
        <ErrorNote error={deny.error} />
        {account?.emailVerified ? (
          <ApproveForm form={form} denyButton={denyButton} />
        ) : (
          <Unverified denyButton={denyButton} />
        )}
      </Stack>
    </Door>
  )
}

function useApproval({ code, program }: Device) {
  return useApiForm(oauth.approveDevice, {
    start: { name: program, role: 'write' as 'read' | 'write' },
    input: ({ name, role }) => ({ params: { code }, body: { name: name.trim(), role } }),
  })
}

function ApproveForm({ form, denyButton }: { form: ReturnType<typeof useApproval>; denyButton: ReactNode }) {
  return (
    <ApiForm of={form} label="Approve sign-in">
      <Radio.Group label="What it can do" {...form.field('role')}>
        <Stack gap="xs" mt={6}>
          <Radio
            value="write"
            label="Read and write"
            description="Upload, and change everything that you can change."
          />
          <Radio value="read" label="Read" description="Download and read everything that you can read." />
        </Stack>
      </Radio.Group>
      <Reach />
      <TextInput
        label="Token name"
        description="For example “hf CLI on laptop”."
        maxLength={100}
        autoComplete="off"
        required
        {...form.field('name')}
      />
      <Group>
        <Button type="submit" variant="filled" loading={form.change.isPending}>
          Approve
        </Button>
        {denyButton}
      </Group>
    </ApiForm>
  )
}

const namedAtMost = 3

function Reach() {
  const { data } = useMaybe(users.listMyOrganizations, {})
  const names = data?.organizations.map(({ name }) => name) ?? []
  const more = names.length - namedAtMost
  const named = listed([...names.slice(0, namedAtMost), ...(more > 0 ? [`${more} more`] : [])])
  return (
    <List size="sm" spacing={4} c="dimmed">
      <List.Item>
        {names.length === 0
          ? 'It can access your own repositories.'
          : `It can access your own repositories, and everything that you can access in ${named}.`}
      </List.Item>
      <List.Item>It can’t change your password, email addresses, 2FA, sessions, or tokens.</List.Item>
      <List.Item>It stays signed in while it is used. To sign it out, delete its token.</List.Item>
    </List>
  )
}

function Unverified({ denyButton }: { denyButton: ReactNode }) {
  return (
    <Stack align="flex-start">
      <Text size="sm">Verify your email address before you approve sign-ins. Then open this page again.</Text>
      <Group>
        <ButtonTo to="/settings/account">View your email addresses</ButtonTo>
        {denyButton}
      </Group>
    </Stack>
  )
}

function Approved({ program }: { program: string }) {
  return (
    <Door
      title={`${program} is signed in`}
      state="Return to it. It continues in a few seconds. You can close this page."
    >
      <ButtonTo to="/settings/tokens">View your access tokens</ButtonTo>
    </Door>
  )
}

function Denied({ program }: { program: string }) {
  return (
    <Door title="Sign-in denied" state={`${program} gets no access to your account.`}>
      <ButtonTo to="/">Go to home page</ButtonTo>
    </Door>
  )
}
