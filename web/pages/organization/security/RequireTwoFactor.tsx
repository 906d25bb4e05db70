import { Button, Group, List, Radio, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { type OrgSettings, organizations, type ReplyOf } from '../../../../api/index.ts'
import { useChange, useRehearsal } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { sayDay } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { useAccount } from '../../../session.ts'
import { counted } from '../../../words.ts'
import { memberAddress } from '../members/rows.ts'

interface Part {
  org: Org
  settings: OrgSettings
  reason: string | undefined
}

/** Whether members need 2FA; shows who would lose access before it is turned on. */
export function RequireTwoFactor({ org, settings, reason }: Part) {
  const [asked, setAsked] = useState(false)
  const off = useChange(organizations.updateSettings, () => showDone('2FA is no longer required.'))
  const { require2fa, require2faFrom } = settings
  return (
    <section aria-label="Two-factor authentication (2FA)">
      <Title order={2} size="h5">
        2FA
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {require2fa
          ? `Required${require2faFrom ? ` from ${sayDay(require2faFrom)}` : ''}. Members without it keep their membership and are stopped at the door until they turn it on.`
          : 'Not required. When it is, members without it keep their membership and are stopped at the door until they turn it on.'}
      </Text>
      <Group>
        <Why reason={reason}>
          {require2fa ? (
            <Button
              disabled={reason !== undefined}
              loading={off.isPending}
              onClick={() => off.mutate({ params: { org: org.name }, body: { require2fa: false } })}
            >
              Stop requiring it
            </Button>
          ) : (
            <Button disabled={reason !== undefined} onClick={() => setAsked(true)}>
              Require 2FA…
            </Button>
          )}
        </Why>
      </Group>
      <ErrorNote error={off.error} />
      {asked && <TurnOn org={org} onClose={() => setAsked(false)} />}
    </section>
  )
}

function TurnOn({ org, onClose }: { org: Org; onClose: () => void }) {
  const [when, setWhen] = useState<'now' | 'later'>('now')
  const [day, setDay] = useState(inTwoWeeks)
  const body = { require2fa: true, require2faFrom: when === 'now' ? null : `${day}T00:00:00.000Z` }
  const rehearsal = useRehearsal(organizations.updateSettings, {
    params: { org: org.name },
    query: { dryRun: 'true' },
    body: { require2fa: true },
  })
  const save = useChange(organizations.updateSettings, () => {
    showDone('2FA is now required.')
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={`Require 2FA in ${org.name}`}
      label="Require it"
      waiting={!rehearsal.data}
      busy={save.isPending}
      error={save.error ?? rehearsal.error}
      candidateAddress={memberAddress(org)}
      onConfirm={() => save.mutate({ params: { org: org.name }, body })}
      onClose={onClose}
    >
      {rehearsal.data ? <Affected affected={rehearsal.data.affected} /> : !rehearsal.error && <Skeleton height={120} />}
      {rehearsal.error && <OwnFactor />}
      <Radio.Group label="From when" value={when} onChange={(value) => setWhen(value === 'later' ? 'later' : 'now')}>
        <Group mt={4}>
          <Radio value="now" label="At once" />
          <Radio value="later" label="From a day on" />
        </Group>
      </Radio.Group>
      {when === 'later' && (
        <TextInput
          type="date"
          label="The day"
          value={day}
          onChange={({ currentTarget }) => setDay(currentTarget.value)}
          required
        />
      )}
    </ConfirmByTyping>
  )
}

/** Admins need 2FA themselves before they can require it. */
function OwnFactor() {
  if (useAccount()?.twoFactorEnabled) return null
  return (
    <Text size="sm">
      Your own account doesn't have 2FA. <LinkTo to="/settings/authentication">Turn it on</LinkTo> first, so that an
      admin can still act.
    </Text>
  )
}

function Affected({ affected }: { affected: ReplyOf<typeof organizations.updateSettings>['affected'] }) {
  if (affected.count === 0) return <Text size="sm">All members already have 2FA. No one loses access.</Text>
  const more = affected.count - affected.people.length
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {counted(affected.count, 'member doesn’t', 'members don’t')} have 2FA and will lose access until they turn it on
      </Text>
      <List size="sm" mah={180} style={{ overflowY: 'auto' }} tabIndex={0} aria-label="Members without 2FA">
        {affected.people.map(({ user, fullname, role }) => (
          <List.Item key={user}>
            {fullname || user} ({role})
          </List.Item>
        ))}
        {more > 0 && <List.Item>and {more.toLocaleString('en')} more</List.Item>}
      </List>
    </Stack>
  )
}

function inTwoWeeks(): string {
  return new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10)
}
