import { Alert, Button, Group, List, Radio, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { members, type OrgSettings, organizations, type ReplyOf } from '../../../../api/index.ts'
import { useChange, useMaybe, useRehearsal } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { GuideLink } from '../../../pieces/GuideLink.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { TurnOnTwoFactorLink } from '../../../pieces/TwoFactorNeeded.tsx'
import { sayDay } from '../../../pieces/When.tsx'
import { useAccount } from '../../../session.ts'
import { counted, roleNames } from '../../../words.ts'
import { memberPage } from '../members/rows.ts'
import { WithoutTwoFactor } from '../members/Sentence.tsx'

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
  const { data: counts } = useMaybe(
    members.countMembers,
    reason === undefined ? { params: { org: org.name } } : undefined,
  )
  return (
    <section aria-label="Two-factor authentication (2FA)">
      <Title order={2} size="h5">
        Two-factor authentication (2FA)
      </Title>
      <Text size="sm" c="dimmed" mb="sm" className="sentence">
        {stateWords(require2fa, require2faFrom)} {effectWords(require2fa, require2faFrom)}
        {counts?.withoutTwoFactor !== undefined && (
          <>
            {' '}
            <WithoutTwoFactor org={org} counts={counts} />.
          </>
        )}{' '}
        <GuideLink guide="require-2fa" />
      </Text>
      {reason === undefined && (
        <Group>
          {require2fa ? (
            <Button
              loading={off.isPending}
              onClick={() => off.mutate({ params: { org: org.name }, body: { require2fa: false } })}
            >
              Stop requiring 2FA
            </Button>
          ) : (
            <Button onClick={() => setAsked(true)}>Require 2FA…</Button>
          )}
        </Group>
      )}
      <ErrorNote error={off.error} />
      {asked && <TurnOn org={org} onClose={() => setAsked(false)} />}
    </section>
  )
}

function stateWords(isRequired: boolean, from: string | null): string {
  if (!isRequired) return 'Not required.'
  return isAhead(from) ? `Required from ${sayDay(from)}.` : 'Required.'
}

function effectWords(isRequired: boolean, from: string | null): string {
  return isRequired && !isAhead(from)
    ? 'Members without 2FA stay members, but have no access until they turn it on.'
    : 'If 2FA is required, members without it stay members but lose access until they turn it on.'
}

function isAhead(from: string | null): from is string {
  return from !== null && Date.parse(from) > Date.now()
}

function TurnOn({ org, onClose }: { org: Org; onClose: () => void }) {
  const [when, setWhen] = useState<'now' | 'later'>('later')
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
      label="Require 2FA"
      waiting={!rehearsal.data || rehearsal.data.problems.length > 0}
      busy={save.isPending}
      error={save.error ?? rehearsal.error}
      candidatePage={memberPage(org)}
      onConfirm={() => save.mutate({ params: { org: org.name }, body })}
      onClose={onClose}
    >
      {rehearsal.data ? (
        <Affected org={org} affected={rehearsal.data.affected} />
      ) : (
        !rehearsal.error && <Skeleton height={120} />
      )}
      {rehearsal.data && <Problems problems={rehearsal.data.problems} />}
      {rehearsal.data?.problems.length === 0 && <OwnTwoFactor affected={rehearsal.data.affected} />}
      <Radio.Group label="Starts" value={when} onChange={(value) => setWhen(value === 'later' ? 'later' : 'now')}>
        <Group mt={4}>
          <Radio value="later" label="On a date" />
          <Radio value="now" label="Now" />
        </Group>
      </Radio.Group>
      {when === 'later' && (
        <TextInput
          type="date"
          label="Date (UTC)"
          description="Members without 2FA get an email now."
          value={day}
          onChange={({ currentTarget }) => setDay(currentTarget.value)}
          required
        />
      )}
    </ConfirmByTyping>
  )
}

type Changed = ReplyOf<typeof organizations.updateSettings>

/** Why it would be refused: admins need 2FA themselves before they can require it. */
function Problems({ problems }: Pick<Changed, 'problems'>) {
  const account = useAccount()
  if (problems.length === 0) return null
  if (account?.twoFactorEnabled)
    return problems.map(({ message }) => (
      <Text key={message} size="sm">
        {message}
      </Text>
    ))
  return (
    <Text size="sm">
      Your account doesn’t have 2FA. <TurnOnTwoFactorLink /> first so that you keep access.
    </Text>
  )
}

/** Warns admins without 2FA where others could still let them in. */
function OwnTwoFactor({ affected }: Pick<Changed, 'affected'>) {
  const account = useAccount()
  if (!account || account.twoFactorEnabled || affected.count === 0) return null
  return (
    <Alert variant="light" color="yellow" icon={<IconAlertTriangle aria-hidden />}>
      You don’t have 2FA either. <TurnOnTwoFactorLink /> first to keep your access.
    </Alert>
  )
}

function Affected({ org, affected }: { org: Org } & Pick<Changed, 'affected'>) {
  if (affected.count === 0) return <Text size="sm">All members already have 2FA. No one loses access.</Text>
  const named = affected.people.slice(0, mostNamed)
  const more = affected.count - named.length
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {counted(affected.count, 'member doesn’t', 'members don’t')} have 2FA and will lose access until they turn it on
      </Text>
      <List size="sm" aria-label="Members without 2FA">
        {named.map(({ user, fullname, role }) => (
          <List.Item key={user}>
            {fullname || user} ({roleNames[role]})
          </List.Item>
        ))}
        {more > 0 && (
          <List.Item>
            <LinkTo to="/organizations/$org/settings/members" params={{ org: org.name }} search={{ twoFactor: 'off' }}>
              and {more.toLocaleString('en')} more
            </LinkTo>
          </List.Item>
        )}
      </List>
    </Stack>
  )
}

// The rest is a filter of the member list away.
const mostNamed = 8

function inTwoWeeks(): string {
  return new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10)
}
