import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import { domains } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { CopyIcon } from '../../../pieces/Copy.tsx'
import { DangerButton } from '../../../pieces/DangerButton.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { sayDay, When } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { Word } from '../../../pieces/Word.tsx'
import classes from './Domains.module.css'

type Domain = domains.EmailDomain

interface Card {
  org: Org
  domain: Domain
  /** The only one that still needs its record: to verify it is what to do on this page. */
  isNext: boolean
  onRemove: () => void
}

/** One domain: how it stands, what the latest check found, and the record to publish. */
export function DomainCard({ org, domain, isNext, onRemove }: Card) {
  const { state, problem, record } = domain
  const check = useChange(domains.verifyDomain, (found) => {
    if (found.state === 'verified') showDone(`${found.domain} is verified.`)
  })
  const needsRecord = state !== 'verified'
  const reason = whyNot(org, 'domain.verify', 'Only admins can verify and remove email domains.')
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <Group gap="xs">
          <Title order={3} size="h5" style={{ overflowWrap: 'anywhere' }}>
            {domain.domain}
          </Title>
          <State state={state} />
        </Group>
        <Group gap="xs">
          <Why reason={reason}>
            <Button
              size="xs"
              leftSection={<IconRefresh size={15} aria-hidden />}
              variant={isNext ? 'filled' : 'default'}
              disabled={reason !== undefined}
              loading={check.isPending}
              aria-label={`Verify now: ${domain.domain}`}
              onClick={() => check.mutate({ params: { org: org.name, domain: domain.domain }, body: {} })}
            >
              Verify now
            </Button>
          </Why>
          <DangerButton
            size="xs"
            disabled={reason !== undefined}
            aria-label={`Remove ${domain.domain}`}
            onClick={onRemove}
          >
            Remove
          </DangerButton>
        </Group>
      </Group>
      <Stack gap="sm" aria-live="polite">
        <DomainState domain={domain} />
        {problem !== null && <Found domain={domain} problem={problem} />}
      </Stack>
      <ErrorNote error={check.error} />
      {needsRecord ? <DnsRecord record={record} domain={domain.domain} /> : <KeptRecord domain={domain} />}
    </Stack>
  )
}

// Who has published it needs it rarely.
function KeptRecord({ domain: { record, domain } }: { domain: Domain }) {
  const [shown, setShown] = useState(false)
  return (
    <>
      <Anchor
        component="button"
        type="button"
        size="sm"
        ta="left"
        aria-expanded={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? 'Hide DNS record' : 'Show DNS record'}
      </Anchor>
      {shown && <DnsRecord record={record} domain={domain} />}
    </>
  )
}

function State({ state }: { state: Domain['state'] }) {
  if (state === 'verified') return <Word tone="good">verified</Word>
  return state === 'failing' ? <Word tone="danger">record missing</Word> : <Word tone="warn">not verified</Word>
}

function DomainState({
  domain: { domain, state, addedBy, addedAt, verifiedAt, checkedAt, graceEndsAt },
}: {
  domain: Domain
}) {
  const added = (
    <>
      Added {addedBy && `by ${addedBy} `}
      <When time={addedAt} />.
    </>
  )
  if (state === 'failing' && graceEndsAt !== null) {
    return (
      <Text size="sm">
        The DNS record is missing. Publish it again by <b>{sayDay(graceEndsAt)}</b>, or {domain} will no longer be
        verified.
      </Text>
    )
  }
  if (state === 'verified') {
    return (
      <Text size="sm" c="dimmed">
        {added}{' '}
        {verifiedAt && (
          <>
            Verified <When time={verifiedAt} />.
          </>
        )}{' '}
        {checkedAt && (
          <>
            Last checked <When time={checkedAt} />. Checked every week.
          </>
        )}
      </Text>
    )
  }
  return (
    <Text size="sm" c="dimmed">
      {added} People with a verified address at {domain} can already join. Verify the domain to get the verified badge,
      require approval, and recover the organization if it has no active admins.
    </Text>
  )
}

function Found({ domain, problem }: { domain: Domain; problem: string }) {
  return (
    <Alert variant="light" color={domain.state === 'failing' ? 'red' : 'gray'} p="xs">
      <Text size="sm">
        {problem}
        {domain.checkedAt && (
          <Text span size="sm" c="dimmed">
            {' '}
            Checked <When time={domain.checkedAt} />.
          </Text>
        )}
      </Text>
    </Alert>
  )
}

function DnsRecord({ record, domain }: { record: Domain['record']; domain: string }) {
  return (
    <Stack gap={6}>
      <Text size="sm">
        Publish this DNS TXT record for {domain}, then select <b>Verify now</b>:
      </Text>
      <dl className={classes.record} aria-label={`Record for ${domain}`}>
        <Line label="Name" value={record.name} about={record.name === domain && 'often written @'} />
        <Line label="Type" value={record.type} />
        <Line label="Value" value={record.value} />
      </dl>
      <Text size="xs" c="dimmed">
        DNS changes can take a few hours. Keep the record after verification.
      </Text>
    </Stack>
  )
}

function Line({ label, value, about }: { label: string; value: string; about?: string | false }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <span>
          <span className="mono">{value}</span>
          {about && (
            <Text span size="xs" c="dimmed" ml={8}>
              {about}
            </Text>
          )}
        </span>
        {label !== 'Type' && <CopyIcon value={value} label={`Copy ${label.toLowerCase()}`} size="sm" />}
      </dd>
    </>
  )
}
