import { Group, List, Skeleton, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { repos, tokens, users } from '../../../../api/index.ts'
import { creatableIn } from '../../../creators.ts'
import { useGo } from '../../../go.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { DangerButton } from '../../../pieces/DangerButton.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { sessionChanged } from '../../../session.ts'
import { counted, listed } from '../../../words.ts'
import { candidatePageOf, LastAdminLinks } from '../LastAdmin.tsx'
import { type Choices, fateOf, isDecided, OwnRepositories } from './OwnRepositories.tsx'

const most = 10_000

/** Deletes the account, after saying what is lost, asking what happens to its repositories, and having its name typed. */
export function DeleteAccount({ account }: { account: users.Account }) {
  const [asked, setAsked] = useState(false)
  const [choices, setChoices] = useState<Choices>({})
  const go = useGo()
  const { data: own } = useMaybe(repos.listMyRepositories, asked ? { query: { limit: most } } : undefined)
  const end = useChange(users.deleteAccount, async () => {
    showDone(`Account ${account.name} deleted.`)
    await go({ to: '/' })
    await sessionChanged()
  })
  const close = () => {
    setAsked(false)
    end.reset()
  }
  return (
    <>
      <Group>
        <DangerButton onClick={() => setAsked(true)}>Delete {account.name}…</DangerButton>
      </Group>
      <ConfirmByTyping
        opened={asked}
        title={`Delete account ${account.name}`}
        word={account.name}
        label={`Delete ${account.name}`}
        busy={end.isPending}
        waiting={own === undefined || !isDecided(own, choices)}
        error={end.error}
        {...candidatePageOf(end.error)}
        onConfirm={() => end.mutate({ body: { confirm: account.name, ...fateOf(own ?? [], choices) } })}
        onClose={close}
      >
        <Effects name={account.name} own={own} choices={choices} onChoose={setChoices} />
        <LastAdminLinks error={end.error} />
      </ConfirmByTyping>
    </>
  )
}

interface Shown {
  name: string
  own: Parameters<typeof OwnRepositories>[0]['rows'] | undefined
  choices: Choices
  onChoose: (choices: Choices) => void
}

function Effects({ name, own, choices, onChoose }: Shown) {
  const { data: mine } = useMaybe(users.listMyOrganizations, {})
  const { data: keys } = useMaybe(tokens.listTokens, {})
  if (!mine || !keys || !own) return <Skeleton height={110} />
  const names = mine.organizations.map((organization) => organization.name)
  return (
    <Stack gap="sm">
      <div>
        <Text size="sm" fw={600}>
          You permanently lose:
        </Text>
        <List size="sm" spacing={2} mt={4}>
          <List.Item>
            {names.length === 0 ? 'Your account' : `Your account and your membership in ${listed(names)}`}
          </List.Item>
          <List.Item>
            {keys.length === 0 ? 'All sessions' : `${counted(keys.length, 'access token')} and all sessions`}
          </List.Item>
          <List.Item>Collaborator access, file locks, pending invitations, invite links, and join requests</List.Item>
        </List>
      </div>
      {own.length > 0 && (
        <OwnRepositories rows={own} takers={creatableIn(mine.organizations)} choices={choices} onChoose={onChoose} />
      )}
      <div>
        <Text size="sm" fw={600}>
          What stays:
        </Text>
        <List size="sm" spacing={2} mt={4}>
          <List.Item>Your work in organizations, and your events in their audit logs</List.Item>
          <List.Item>Your username, {name}, which stays reserved</List.Item>
        </List>
      </div>
    </Stack>
  )
}
