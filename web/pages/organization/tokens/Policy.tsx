import { Button } from '@mantine/core'
import { useState } from 'react'
import { orgTokens, type ReplyOf } from '../../../../api/index.ts'
import { useReply } from '../../../hub.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { counted } from '../../../words.ts'
import { PolicyForm } from './PolicyForm.tsx'
import { policyWords } from './policy-words.ts'

export type TokenPolicy = ReplyOf<typeof orgTokens.getTokenPolicy>

/** `acme accepts fine-grained tokens only, for at most 90 days.` */
export function PolicySentence({ org }: { org: Org }) {
  const { tokenPolicy, tokenMaxLifetimeDays: days } = useReply(orgTokens.getTokenPolicy, { params: { org: org.name } })
  const lifetime = days === null ? '' : ` that last at most ${counted(days, 'day')}`
  return `${org.name} accepts ${policyWords[tokenPolicy].accepted}${lifetime}.`
}

/** Changes which tokens the organization accepts. */
export function ChangePolicy({ org }: { org: Org }) {
  const policy = useReply(orgTokens.getTokenPolicy, { params: { org: org.name } })
  const [isChanging, setChanging] = useState(false)
  if (whyNot(org, 'org.updateSettings', '') !== undefined) return null
  return (
    <>
      <Button onClick={() => setChanging(true)}>Change policy…</Button>
      {isChanging && <PolicyForm org={org} policy={policy} onClose={() => setChanging(false)} />}
    </>
  )
}
