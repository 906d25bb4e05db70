import { List, Select, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { recovery } from '../../../../api/index.ts'
import { problemAt } from '../../../field-problems.ts'
import { useGo } from '../../../go.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'

interface Asked {
  org: Org
  path: 'successor' | 'domain'
  domains: string[]
  onClose: () => void
}

/** Opens a recovery request, after saying what follows. */
export function Begin({ org, path, domains, onClose }: Asked) {
  const go = useGo()
  const [domain, setDomain] = useState(domains[0])
  const [reason, setReason] = useState('')
  const begin = useChange(recovery.openRecoveryRequest, async (recoveryRequest) => {
    onClose()
    await go({ to: '/organizations/$org/recovery/$id', params: { org: org.name, id: recoveryRequest.id } })
    showDone(recoveryRequest.state === 'done' ? `You’re now admin of ${org.name}.` : 'Recovery request opened.')
  })
  const words = reason.trim()
  const body = {
    path,
    ...(path === 'domain' && domain !== undefined ? { domain } : {}),
    ...(words === '' ? {} : { reason: words }),
  }
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={path === 'successor' ? `Become admin of ${org.name}` : 'Open recovery request'}
      label={path === 'successor' ? `Become admin of ${org.name}` : 'Open recovery request'}
      busy={begin.isPending}
      error={begin.error}
      onConfirm={() => begin.mutate({ params: { org: org.name }, body })}
      onClose={onClose}
    >
      {path === 'domain' && <DomainSteps />}
      {path === 'domain' && (
        <Select
          label="Domain"
          data={domains}
          value={domain ?? null}
          allowDeselect={false}
          error={problemAt(begin.error, 'domain', 'Domain')}
          onChange={(value) => setDomain(value ?? domain)}
        />
      )}
      {path === 'successor' && (
        <Text size="sm">
          Members with write or higher and site admins get an email. For 30 days, you’re on probation: you can invite
          people and change roles, but you can’t delete the organization or make private repositories public.
        </Text>
      )}
      <Textarea
        label="Reason"
        description="Optional. Shown to everyone who is asked."
        autosize
        minRows={2}
        maxRows={6}
        maxLength={1000}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
    </ConfirmByTyping>
  )
}

function DomainSteps() {
  return (
    <List size="sm" type="ordered" spacing={2}>
      <List.Item>You get a DNS record to publish for the domain.</List.Item>
      <List.Item>Members with write or higher are asked to confirm.</List.Item>
      <List.Item>Then a waiting period of 7 days starts (14 if an admin was active recently).</List.Item>
      <List.Item>
        Any admin can object during that time. Otherwise, you become admin, on probation for 30 days.
      </List.Item>
    </List>
  )
}
