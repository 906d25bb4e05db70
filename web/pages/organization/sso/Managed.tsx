import { Alert, Button, List, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { managedAccounts, type ReplyOf } from '../../../../api/index.ts'
import { useChange, useRehearsal, useReply } from '../../../hub.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { GuideLink } from '../../../pieces/GuideLink.tsx'
import { counted } from '../../../words.ts'

type Plan = ReplyOf<typeof managedAccounts.convertSso>

/** Whether the organization owns the accounts of its members, and converting it, with a preview of what happens to whom. */
export function Managed({ org }: { org: Org }) {
  if (whyNot(org, 'sso.viewManaged', 'no') !== undefined) return null
  return <ManagedAccounts org={org} />
}

function ManagedAccounts({ org }: { org: Org }) {
  const { managed, accounts, missing } = useReply(managedAccounts.getManagedSso, { params: { org: org.name } })
  const [asked, setAsked] = useState<boolean>()
  return (
    <Block
      title="Managed accounts"
      about={
        managed
          ? `${org.name} owns ${counted(accounts, 'account')}. Sign-in is only through your identity provider, and SSO stays enforced until you convert back.`
          : 'Your organization owns the accounts of its members. They sign in with your identity provider only.'
      }
    >
      {missing.length > 0 && !managed && (
        <List size="sm">
          {missing.map((each) => (
            <List.Item key={each}>{each}</List.Item>
          ))}
        </List>
      )}
      <Stack align="flex-start" gap="xs">
        <Button disabled={missing.length > 0} onClick={() => setAsked(true)}>
          {managed ? 'Convert more accounts…' : 'Convert to Managed SSO…'}
        </Button>
        {managed && <Button onClick={() => setAsked(false)}>Convert back to Basic SSO…</Button>}
        <Text size="sm">
          <GuideLink guide="managed-accounts" />
        </Text>
      </Stack>
      {asked !== undefined && <Convert org={org} managed={asked} onClose={() => setAsked(undefined)} />}
    </Block>
  )
}

interface Conversion {
  org: Org
  managed: boolean
  onClose: () => void
}

function Convert({ org, managed, onClose }: Conversion) {
  const params = { org: org.name }
  const plan = useRehearsal(managedAccounts.convertSso, { params, body: { mode: 'plan', managed } })
  const apply = useChange(managedAccounts.convertSso, ({ counts }) => {
    showDone(
      managed
        ? `${org.name} now manages ${counted(counts.managed + counts.already_managed, 'account')}.`
        : `${counted(counts.released, 'account')} released.`,
    )
    onClose()
  })
  const confirm = () =>
    plan.data && apply.mutate({ params, body: { mode: 'apply', managed, planHash: plan.data.planHash } })
  return (
    <ConfirmByTyping
      opened
      danger={managed}
      title={managed ? `Convert ${org.name} to Managed SSO` : `Convert ${org.name} back to Basic SSO`}
      label={managed ? 'Convert to Managed SSO' : 'Convert to Basic SSO'}
      busy={apply.isPending || plan.isPending}
      error={apply.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <ErrorNote error={plan.error} />
      {plan.data && <Consequences org={org} plan={plan.data} />}
    </ConfirmByTyping>
  )
}

function Consequences({ org, plan: { managed, counts, people } }: { org: Org; plan: Plan }) {
  if (!managed)
    return (
      <List size="sm">
        <List.Item>
          {counted(counts.released, 'member gets', 'members get')} an account of their own again. They set a password by
          email.
        </List.Item>
        <List.Item>Members keep their roles, repositories, and access tokens.</List.Item>
        <List.Item>The SCIM tenant URL changes. Enter the new one at your identity provider.</List.Item>
      </List>
    )
  const own = people.filter(({ outcome }) => outcome === 'own')
  return (
    <>
      <List size="sm">
        <List.Item>
          {org.name} takes over {counted(counts.managed, 'account')}. Passwords, 2FA, and sessions end.
        </List.Item>
        <List.Item>
          These people sign in with your identity provider only, and can’t join other organizations.
        </List.Item>
        <List.Item>Their roles, repositories, and access tokens stay.</List.Item>
        <List.Item>The SCIM tenant URL changes. Enter the new one at your identity provider.</List.Item>
      </List>
      {own.length > 0 && <Kept people={own} total={counts.own} />}
    </>
  )
}

const reasons: Record<managedAccounts.KeptReason, string> = {
  external: 'External collaborator',
  break_glass: 'Break-glass admin',
  operator: 'Site admin',
  other_organization: 'Member of another organization',
  repositories: 'Has repositories under their own name',
  collaborator: 'Collaborator outside the organization',
  address: 'Email address outside the verified domains',
}

const mostShown = 50

function Kept({ people, total }: { people: Plan['people']; total: number }) {
  return (
    <Alert
      variant="light"
      color="gray"
      title={counted(total, 'member keeps their own account', 'members keep their own accounts')}
    >
      <Table.ScrollContainer minWidth={0} mah={240}>
        <Table aria-label="Members who keep their account">
          <Table.Tbody>
            {people.slice(0, mostShown).map(({ user, reason }) => (
              <Table.Tr key={user}>
                <Table.Td fw={500}>{user}</Table.Td>
                <Table.Td>{reason && reasons[reason]}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {total > mostShown && <Text size="sm">and {(total - mostShown).toLocaleString('en')} more</Text>}
    </Alert>
  )
}
