import { Button, Stack } from '@mantine/core'
import { IconPlus, IconRobot } from '@tabler/icons-react'
import { useState } from 'react'
import { serviceAccounts } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { AccountCard } from './service-accounts/AccountCard.tsx'
import { NewAccount } from './service-accounts/AccountForms.tsx'
import { ApiToken } from './service-accounts/ApiToken.tsx'
import type { Account } from './service-accounts/reach.ts'

/** Accounts of programs that belong to the organization, and its API token; the latter for all who can read. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'orgToken.view', 'Only members with the read role or higher can view this page.')
  if (reason !== undefined) {
    return (
      <>
        <PageHead title="Service accounts" of={org.name} />
        <Empty title="You can’t view this page">{reason}</Empty>
      </>
    )
  }
  return (
    <>
      {org.may.includes('serviceAccount.list') ? (
        <Accounts org={org} />
      ) : (
        <PageHead
          title="Service accounts"
          of={org.name}
          guide="service-accounts"
          state="Only admins can view and change service accounts."
        />
      )}
      <ApiToken org={org} />
    </>
  )
}

function Accounts({ org }: { org: Org }) {
  const list = useReply(serviceAccounts.listServiceAccountDetails, { params: { org: org.name } })
  const [creating, setCreating] = useState(false)
  const button = (
    <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      New service account
    </Button>
  )
  return (
    <>
      <PageHead
        title="Service accounts"
        of={org.name}
        guide="service-accounts"
        state={stateOf(list)}
        action={list.length > 0 && button}
      />
      {list.length > 0 ? (
        <Stack gap="xl" mb="xl">
          {list.map((account) => (
            <AccountCard key={account.id} org={org} account={account} />
          ))}
        </Stack>
      ) : (
        <Empty title="No service accounts" icon={<IconRobot size={28} />} action={button}>
          A service account belongs to the organization, not to a person. Use it for CI, training jobs, and other
          programs.
        </Empty>
      )}
      <NewAccount org={org} opened={creating} onClose={() => setCreating(false)} />
    </>
  )
}

function stateOf(list: Account[]): string {
  if (list.length === 0) return 'No service accounts yet.'
  const tokens = list.reduce((sum, { tokens }) => sum + tokens.length, 0)
  const ownerless = list.filter(({ owner }) => owner === null).length
  const parts = [
    counted(list.length, 'service account'),
    counted(tokens, 'token'),
    'no seats used',
    ...(ownerless > 0 ? [`${ownerless} without an owner`] : []),
  ]
  return parts.join(' · ')
}
