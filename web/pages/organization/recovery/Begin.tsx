import { List, Select, Text, Textarea } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { recovery } from '../../../../api/index.ts'
import { recoveryRequestAddress } from '../../../addresses.ts'
import { problemAt } from '../../../form.ts'
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

/** Begins a recovery request, after saying what follows. */
export function Begin({ org, path, domains, onClose }: Asked) {
  const navigate = useNavigate()
  const [domain, setDomain] = useState(domains[0])
  const [reason, setReason] = useState('')
  const begin = useChange(recovery.openRecoveryRequest, async (recoveryRequest) => {
    onClose()
    await navigate({ to: recoveryRequestAddress(org.name, recoveryRequest.id) })
    showDone(recoveryRequest.state === 'done' ? `You are admin of ${org.name} now.` : 'Recovery request opened.')
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
      title={path === 'successor' ? `Become admin of ${org.name}?` : `Ask to become admin of ${org.name}?`}
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
          error={problemAt(begin.error, 'domain')}
          onChange={(value) => setDomain(value ?? domain)}
        />
      )}
      {path === 'successor' && (
        <Text size="sm">
          Every member with write or more, and the operators, are told. For 30 days you are on probation: you may invite
          and set roles, but not delete the organization or publish what is private.
        </Text>
      )}
      <Textarea
        label="Reason"
        description="Told to everybody who is asked; may stay empty."
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
      <List.Item>You get a record to publish in the DNS of the domain.</List.Item>
      <List.Item>Members with write or more are asked to confirm.</List.Item>
      <List.Item>Once both are there, seven days pass (14 if an admin was there lately).</List.Item>
      <List.Item>Any admin can stop it until the end; then you become admin, on probation for 30 days.</List.Item>
    </List>
  )
}
