import { Button, Group, Paper, Text } from '@mantine/core'
import { useState } from 'react'
import { orgTokens, type ReplyOf } from '../../../../api/index.ts'
import { useReply } from '../../../hub.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { PolicyForm } from './PolicyForm.tsx'
import { policyWords } from './policy-words.ts'

export type TokenPolicy = ReplyOf<typeof orgTokens.getTokenPolicy>

/** Which tokens the organization accepts, and the way to change that. */
export function Policy({ org }: { org: Org }) {
  const policy = useReply(orgTokens.getTokenPolicy, { params: { org: org.name } })
  const [isChanging, setChanging] = useState(false)
  return (
    <Paper component="section" aria-label="Token policy" withBorder p="sm" mb="md">
      <Group justify="space-between" gap="sm">
        <div>
          <Text size="sm" fw={600}>
            {policyWords[policy.tokenPolicy].label}
          </Text>
          <Text size="sm" c="dimmed">
            {policyWords[policy.tokenPolicy].effect}
            {policy.tokenMaxLifetimeDays !== null && ` Maximum lifetime: ${policy.tokenMaxLifetimeDays} days.`}
          </Text>
        </div>
        {whyNot(org, 'org.updateSettings', '') === undefined && (
          <Button onClick={() => setChanging(true)}>Change policy…</Button>
        )}
      </Group>
      {isChanging && <PolicyForm org={org} policy={policy} onClose={() => setChanging(false)} />}
    </Paper>
  )
}
