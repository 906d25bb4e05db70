import { Button, Group, List, Text } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { leaving } from '../../../api/index.ts'
import { usePathName } from '../../address-state.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg } from '../../organization.ts'
import { Block } from '../../pieces/Block.tsx'
import { Takeaway } from '../../pieces/Copy.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { Losses } from '../../pieces/Losses.tsx'
import { PageColumn } from '../../pieces/PageColumn.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { sayDay, sayMoment } from '../../pieces/When.tsx'
import { counted } from '../../words.ts'
import { AllowRejoin, hasRejoinBlock } from './leaving/AllowRejoin.tsx'
import { HoldingsList } from './leaving/HoldingsList.tsx'
import { categoriesOf, countThings, endingOf } from './leaving/holdings.tsx'
import classes from './leaving/Leaving.module.css'
import { Orphans } from './leaving/Orphans.tsx'

/** An offboarding report: what was removed, what was handed over, and what stays; to print or download. */
export function Page() {
  const org = useOrg()
  const id = usePathName('id')
  const report = useReply(leaving.getOffboarding, { params: { org: org.name, id } })
  const categories = endingOf(categoriesOf(org.name, report.removed), report.invitations)
  return (
    <>
      <PageHead
        title={`Offboarding of ${report.fullname || report.user}`}
        of={org.name}
        state={`Removed ${counted(countThings(categories), 'item')} from ${report.organization} on ${sayDay(report.at)}`}
        action={<Deeds org={org} report={report} />}
      />
      <PageColumn gap={0}>
        <Facts report={report} />
        <Block title="Removed" wide apart>
          <div>
            <Losses title={`${report.fullname || report.user} lost:`} phrases={report.loses} />
            <HoldingsList categories={categories} open />
          </div>
        </Block>
        <Block title={report.leftAsIs ? 'Without an owner' : 'Handed over'} wide>
          <HandedOver report={report} />
        </Block>
        {report.remains.length > 0 && (
          <Block title="Not removed" wide>
            <List size="sm" spacing={4}>
              {report.remains.map((sentence) => (
                <List.Item key={sentence}>{sentence}</List.Item>
              ))}
            </List>
          </Block>
        )}
        <Block title="Hash" about="The audit log has the same hash for this report." wide>
          <Takeaway label="SHA-256" value={report.hash} />
        </Block>
        <Text size="sm" mt="xl" data-print="none">
          <LinkTo to="/organizations/$org/settings/members/offboardings" params={{ org: org.name }}>
            All offboarded people
          </LinkTo>
        </Text>
      </PageColumn>
    </>
  )
}

function Deeds({ org, report }: { org: Org; report: leaving.OffboardingReport }) {
  const address = `/api/organizations/${encodeURIComponent(org.name)}/offboardings/${report.id}`
  return (
    <Group gap="xs" data-print="none">
      <Button leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
        Print
      </Button>
      <Button
        component="a"
        href={address}
        download={`offboarding-${report.user}.json`}
        leftSection={<IconDownload size={16} aria-hidden />}
      >
        Download
      </Button>
    </Group>
  )
}

function Facts({ report }: { report: leaving.OffboardingReport }) {
  return (
    <dl className={classes.facts}>
      <Fact name="Who">
        {report.fullname && report.fullname !== report.user ? `${report.fullname} (${report.user})` : report.user}, from{' '}
        {report.organization}
      </Fact>
      <Fact name="When">{sayMoment(report.at)}</Fact>
      <Fact name="By">{report.by}</Fact>
      <Fact name="Reason">{report.reason}</Fact>
      <Fact name="Rejoin block">
        <RejoinBlock report={report} />
      </Fact>
      <Fact name="Report ID">
        <span className="mono">{report.id}</span>
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function RejoinBlock({ report }: { report: leaving.OffboardingReport }) {
  const [asked, setAsked] = useState(false)
  const { rejoinBlockedUntil, user, id } = report
  if (rejoinBlockedUntil === null) return 'No. An admin allowed them to rejoin.'
  if (!hasRejoinBlock(report)) return `Ended on ${sayDay(rejoinBlockedUntil)}. They can rejoin.`
  return (
    <Group gap="sm">
      <span>They can’t rejoin until {sayDay(rejoinBlockedUntil)}.</span>
      <Button size="compact-sm" data-print="none" onClick={() => setAsked(true)}>
        Allow to rejoin…
      </Button>
      {asked && <AllowRejoin org={report.organization} user={user} id={id} onClose={() => setAsked(false)} />}
    </Group>
  )
}

function HandedOver({ report }: { report: leaving.OffboardingReport }) {
  const { handedOver, successor, organization, leftAsIs, removed, invitations, by } = report
  const isNothing =
    handedOver.groups.length === 0 && handedOver.repositoryCount === 0 && handedOver.serviceAccounts.length === 0
  const reassigned = invitations === 'reassign' ? [...removed.invitationsSent, ...removed.inviteLinks] : []
  return (
    <div>
      <Text size="sm">
        {isNothing
          ? 'Nothing to hand over.'
          : successor !== null && !leftAsIs
            ? `Handed over to ${successor}:`
            : 'These have no owner now. Admins of the organization can change them:'}
      </Text>
      {!isNothing && <Orphans needs={handedOver} org={organization} />}
      {reassigned.length > 0 && (
        <>
          <Text size="sm" mt="sm">
            Invitations and links transferred to {by}:
          </Text>
          <List size="sm" spacing={2} mt={4}>
            {reassigned.map((one) => (
              <List.Item key={one.id}>{'to' in one ? one.to : one.label || 'Invite link'}</List.Item>
            ))}
          </List>
        </>
      )}
    </div>
  )
}
