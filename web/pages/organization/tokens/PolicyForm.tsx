import { List, Radio, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type OrgSettings, orgTokens, type ReplyOf } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useChange, useRehearsal } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { counted } from '../../../words.ts'
import { roleWords } from '../../account/tokens/scope.ts'
import type { TokenPolicy } from './Policy.tsx'
import { policyWords } from './policy-words.ts'

interface Asked {
  org: Org
  policy: TokenPolicy
  onClose: () => void
}

const policies = Object.keys(policyWords) as OrgSettings['tokenPolicy'][]

/** Changes which tokens are accepted; lists those that stop working before anything is saved. */
export function PolicyForm({ org, policy, onClose }: Asked) {
  const [tokenPolicy, setPolicy] = useState(policy.tokenPolicy)
  const [days, setDays] = useState(policy.tokenMaxLifetimeDays?.toString() ?? '')
  const tokenMaxLifetimeDays = daysOf(days)
  const isSound = tokenMaxLifetimeDays !== undefined
  const wish = isSound ? { params: { org: org.name }, body: { tokenPolicy, tokenMaxLifetimeDays } } : undefined
  const rehearsal = useRehearsal(orgTokens.setTokenPolicy, wish && { ...wish, query: { dryRun: 'true' as const } })
  const save = useChange(orgTokens.setTokenPolicy, () => {
    restart(orgTokens.listOrgTokens)
    showDone('Token policy saved.')
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title="Change token policy"
      label="Save policy"
      danger={(rehearsal.data?.affected.count ?? 0) > 0}
      waiting={!rehearsal.data}
      busy={save.isPending}
      error={save.error ?? rehearsal.error}
      onConfirm={() => wish && save.mutate(wish)}
      onClose={onClose}
    >
      <Radio.Group
        label="Accepted tokens"
        value={tokenPolicy}
        onChange={(value) => setPolicy(policies.find((each) => each === value) ?? tokenPolicy)}
      >
        <Stack gap="xs" mt={4}>
          {policies.map((each) => (
            <Radio key={each} value={each} label={policyWords[each].label} description={policyWords[each].effect} />
          ))}
        </Stack>
      </Radio.Group>
      <TextInput
        label="Maximum lifetime in days"
        description="From creation to expiration. Leave blank for no limit."
        inputMode="numeric"
        value={days}
        error={!isSound && 'Enter a whole number from 1 to 3650, or leave blank.'}
        onChange={({ currentTarget }) => setDays(currentTarget.value)}
      />
      {isSound && (rehearsal.data ? <Broken change={rehearsal.data} /> : !rehearsal.error && <Skeleton height={60} />)}
    </ConfirmByTyping>
  )
}

// Null for no limit; undefined for what is no number of days.
function daysOf(text: string): number | null | undefined {
  if (text.trim() === '') return null
  const days = Number(text)
  return Number.isInteger(days) && days >= 1 && days <= 3650 ? days : undefined
}

function Broken({ change: { affected } }: { change: ReplyOf<typeof orgTokens.setTokenPolicy> }) {
  if (affected.count === 0) return <Text size="sm">No tokens stop working.</Text>
  const more = affected.count - affected.tokens.length
  return (
    <div>
      <Text size="sm" fw={600}>
        {counted(affected.count, 'token stops', 'tokens stop')} working
      </Text>
      <List size="sm" mah={180} style={{ overflowY: 'auto' }} tabIndex={0} aria-label="Tokens that stop working">
        {affected.tokens.map((token) => (
          <List.Item key={token.id}>
            {token.owner.user}: {roleWords(token)} token …{token.last4}
          </List.Item>
        ))}
        {more > 0 && <List.Item>and {more.toLocaleString('en')} more</List.Item>}
      </List>
    </div>
  )
}
