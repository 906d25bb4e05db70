import { Button, Group, List, Skeleton, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { tokens, users } from '../../../../api/index.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { sessionChanged } from '../../../session.ts'
import { counted, listed } from '../../../words.ts'
import { candidateAddressOf, LastAdminLinks } from '../LastAdmin.tsx'

/** Deletes the account, after naming what ends and having its name typed. */
export function DeleteAccount({ account }: { account: users.Account }) {
  const [asked, setAsked] = useState(false)
  const navigate = useNavigate()
  const end = useChange(users.deleteAccount, async () => {
    showDone(`The account ${account.name} is deleted.`)
    await navigate({ to: '/' })
    await sessionChanged()
  })
  const close = () => {
    setAsked(false)
    end.reset()
  }
  return (
    <>
      <Group>
        <Button color="red" variant="light" onClick={() => setAsked(true)}>
          Delete {account.name}…
        </Button>
      </Group>
      <ConfirmByTyping
        opened={asked}
        title={`Delete the account ${account.name}?`}
        word={account.name}
        label={`Delete ${account.name}`}
        busy={end.isPending}
        error={end.error}
        {...candidateAddressOf(end.error)}
        onConfirm={() => end.mutate({ body: { confirm: account.name } })}
        onClose={close}
      >
        <Effects name={account.name} />
        <LastAdminLinks error={end.error} />
      </ConfirmByTyping>
    </>
  )
}

function Effects({ name }: { name: string }) {
  const { data: mine } = useMaybe(users.listMyOrganizations, {})
  const { data: keys } = useMaybe(tokens.listTokens, {})
  if (!mine || !keys) return <Skeleton height={110} />
  const names = mine.organizations.map((organization) => organization.name)
  return (
    <Stack gap="sm">
      <div>
        <Text size="sm" fw={600}>
          Ends at once, and cannot be brought back
        </Text>
        <List size="sm" spacing={2} mt={4}>
          <List.Item>
            {names.length === 0
              ? 'the account, which is in no organization'
              : `the account, and its membership in ${listed(names)}`}
          </List.Item>
          <List.Item>
            {keys.length === 0 ? 'every session' : `${counted(keys.length, 'access token')} and every session`}
          </List.Item>
          <List.Item>collaborator access, file locks, pending invitations, invite links and requests to join</List.Item>
        </List>
      </div>
      <div>
        <Text size="sm" fw={600}>
          Remains
        </Text>
        <List size="sm" spacing={2} mt={4}>
          <List.Item>what you made in organizations, and what audit logs say about it</List.Item>
          <List.Item>the name {name}, which stays reserved</List.Item>
        </List>
      </div>
    </Stack>
  )
}
