import { Button, Group, List, Text, TextInput } from '@mantine/core'
import { IconAt } from '@tabler/icons-react'
import { useState } from 'react'
import { domains, type OrgSettings } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { Empty } from '../../../pieces/Empty.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { RowsSkeleton } from '../../../pieces/Skeletons.tsx'
import { DomainCard } from './DomainCard.tsx'
import classes from './Domains.module.css'

type Domain = domains.EmailDomain

interface Part {
  org: Org
  settings: OrgSettings
  domains: Domain[] | undefined
  error: unknown
}

/** The email domains whose people can join, each with the record that verifies it. */
export function Domains({ org, settings, domains: known, error }: Part) {
  const [removing, setRemoving] = useState<Domain>()
  const waiting = known?.filter(({ state }) => state !== 'verified') ?? []
  return (
    <Block
      title="Email domains"
      about="People with a verified address in one of these domains can join. Public email providers aren’t allowed."
      wide
    >
      <ErrorNote error={error} />
      {!known && !error && <RowsSkeleton rows={2} />}
      {known?.length === 0 && <NoDomain org={org} />}
      {known && known.length > 0 && (
        <>
          <ul className={classes.list} aria-label={`Email domains of ${org.name}`}>
            {known.map((domain) => (
              <li key={domain.domain} className={classes.domain}>
                <DomainCard
                  org={org}
                  domain={domain}
                  isNext={waiting.length === 1 && waiting[0] === domain}
                  onRemove={() => setRemoving(domain)}
                />
              </li>
            ))}
          </ul>
          <AddDomain org={org} isAnother />
        </>
      )}
      {removing && (
        <RemoveDomain
          org={org}
          domain={removing}
          isLastVerified={!known?.some((other) => other.domain !== removing.domain && other.state !== 'unverified')}
          approval={settings.userApproval}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Block>
  )
}

function NoDomain({ org }: { org: Org }) {
  return (
    <Empty title="No email domains" icon={<IconAt size={28} />} action={<AddDomain org={org} />}>
      Add your team’s email domain so that people with an address there can join {org.name} on their own. Verify it with
      a DNS TXT record to get the verified badge.
    </Empty>
  )
}

function AddDomain({ org, isAnother = false }: { org: Org; isAnother?: boolean }) {
  const reason = whyNot(org, 'domain.create', 'Only admins can add email domains.')
  const form = useApiForm(domains.addDomain, {
    start: { domain: '' },
    input: ({ domain }) => ({ params: { org: org.name }, body: { domain: domain.trim().replace(/^.*@/, '') } }),
    after: ({ domain }) =>
      showDone(`People with an address at ${domain} can join now. Publish the DNS record to verify the domain.`),
    clears: true,
  })
  if (reason !== undefined) return null
  return (
    <ApiForm of={form} label="Add an email domain">
      <Group align="flex-start" gap="xs" w={{ xs: 430 }} maw="100%" ta="left">
        <TextInput
          aria-label="Email domain"
          placeholder="example.org"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={253}
          required
          flex="1 1 14rem"
          {...form.field('domain')}
        />
        <Button
          type="submit"
          {...(isAnother ? {} : { variant: 'filled', flex: { base: '1 0 auto', xs: 'none' } })}
          loading={form.change.isPending}
        >
          Add domain
        </Button>
      </Group>
    </ApiForm>
  )
}

interface Removal {
  org: Org
  domain: Domain
  /** No other domain of the organization is verified. */
  isLastVerified: boolean
  approval: boolean
  onClose: () => void
}

function RemoveDomain({ org, domain: { domain, state }, isLastVerified, approval, onClose }: Removal) {
  const remove = useChange(domains.removeDomain, () => {
    showDone(`${domain} removed.`)
    onClose()
  })
  const isVerified = state !== 'unverified'
  return (
    <ConfirmByTyping
      opened
      title={`Remove ${domain}`}
      label={`Remove ${domain}`}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { org: org.name, domain } })}
      onClose={onClose}
    >
      <List size="sm" spacing={4}>
        <List.Item>People with an address at {domain} can no longer join on their own.</List.Item>
        {isVerified && <List.Item>The domain can no longer be used to recover {org.name}.</List.Item>}
        {isVerified && isLastVerified && <List.Item>{org.name} loses its verified badge.</List.Item>}
        {isVerified && isLastVerified && approval && <List.Item>Approval no longer applies.</List.Item>}
        {isVerified && <List.Item>Another organization can verify the domain.</List.Item>}
      </List>
      <Text size="sm">Current members keep their access.</Text>
    </ConfirmByTyping>
  )
}
