import { Button, Group, Switch, Text, Textarea, Title } from '@mantine/core'
import { networkSecurity, type OrgSettings } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import type { Org } from '../../../organization.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { GuideLink } from '../../../pieces/GuideLink.tsx'
import { useInstance } from '../../../session.ts'
import { covers } from './covers.ts'

interface Part {
  org: Org
  settings: OrgSettings
  reason: string | undefined
}

/** The networks from which roles count. */
export function IpRanges({ org, settings, reason }: Part) {
  const { enforceIpRestriction: isOn, ipRanges } = settings
  return (
    <section aria-label="IP ranges">
      <Title order={2} size="h5">
        IP ranges
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {isOn
          ? 'Restricted. Members and collaborators have access only from these networks.'
          : 'Not restricted. Members and collaborators can be limited to your own networks.'}{' '}
        Public repositories stay readable from anywhere. <GuideLink guide="ip-ranges" />
      </Text>
      {reason === undefined && <Edit key={`${isOn} ${ipRanges}`} org={org} isOn={isOn} ranges={ipRanges} />}
    </section>
  )
}

function Edit({ org, isOn, ranges }: { org: Org; isOn: boolean; ranges: readonly string[] }) {
  const form = useApiForm(networkSecurity.updateNetworkSecurity, {
    start: { ipRanges: ranges.join('\n'), enforceIpRestriction: isOn },
    input: ({ ipRanges, enforceIpRestriction }) => ({
      params: { org: org.name },
      body: { ipRanges: rangesIn(ipRanges), enforceIpRestriction },
    }),
    after: () => showDone('Saved the IP ranges.'),
  })
  const wrong = form.field('ipRanges').error ?? wrongRange(form, rangesIn(form.values.ipRanges))
  return (
    <ApiForm of={form} label="IP ranges">
      <Textarea
        {...form.field('ipRanges')}
        error={wrong}
        label="Allowed networks"
        description="One network or IP address per line, for example 203.0.113.0/24 or 2001:db8::/32."
        autosize
        minRows={3}
        maxRows={12}
      />
      <OwnAddress ranges={form.values.ipRanges} onAdd={(ipRanges) => form.set({ ipRanges })} />
      <Switch {...form.tick('enforceIpRestriction')} label="Allow access only from these networks" />
      <Group>
        <Button type="submit" loading={form.change.isPending} disabled={!form.isChanged}>
          Save IP ranges
        </Button>
      </Group>
    </ApiForm>
  )
}

/** The address that the server sees, and a button that adds it to the networks. */
function OwnAddress({ ranges, onAdd }: { ranges: string; onAdd: (ranges: string) => void }) {
  const { yourAddress } = useInstance()
  if (yourAddress === '') return null
  const isThere = rangesIn(ranges).some((range) => covers(range, yourAddress))
  return (
    <Group gap="xs">
      <Text size="sm">
        Your address is <span className="mono">{yourAddress}</span>
        {isThere ? ', which is in these networks.' : '.'}
      </Text>
      {!isThere && (
        <Button
          size="compact-xs"
          aria-label="Add your address"
          onClick={() => onAdd(`${ranges}\n${yourAddress}`.trim())}
        >
          Add
        </Button>
      )}
    </Group>
  )
}

// The schema speaks of one of them: the page says which.
function wrongRange(form: { problem: (path: string) => unknown }, ranges: string[]): string | undefined {
  const wrong = ranges.find((_, index) => form.problem(`ipRanges.${index}`) !== undefined)
  return wrong === undefined ? undefined : `“${wrong}” isn’t a network in CIDR notation or an IP address.`
}

function rangesIn(text: string): string[] {
  return text.split(/[\s,;]+/).flatMap((word) => (word === '' ? [] : asNetwork(word)))
}

// A single address is a network of its own.
function asNetwork(word: string): string {
  if (/^[\d.]+$/.test(word)) return `${word}/32`
  return /^[\da-f:]*:[\da-f:]*$/i.test(word) ? `${word}/128` : word
}
