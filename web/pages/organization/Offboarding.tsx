import { Button, Group, List, Stack, Text } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { leaving } from '../../../api/index.ts'
import { usePathName } from '../../address-state.ts'
import { orgSettingsAddress } from '../../addresses.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg } from '../../organization.ts'
import { Block } from '../../pieces/Block.tsx'
import { Takeaway } from '../../pieces/Copy.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { sayDay, sayMoment } from '../../pieces/When.tsx'
import { counted } from '../../words.ts'
import { BelongingsList } from './leaving/BelongingsList.tsx'
import { categoriesOf, countThings, endingOf } from './leaving/belongings.tsx'
import classes from './leaving/Leaving.module.css'
import { isKeptOut, LetIn } from './leaving/LetIn.tsx'
import { Orphans } from './leaving/Orphans.tsx'

/** The receipt of an offboarding: what ended, who took over, what stays; to print or to keep as a file. */
export function Page() {
  const org = useOrg()
  const id = usePathName('id')
  const receipt = useReply(leaving.getOffboarding, { params: { org: org.name, id } })
  const categories = endingOf(categoriesOf(org.name, receipt.removed), receipt.invitations)
  return (
    <>
      <PageHead
        title={`${receipt.fullname || receipt.user} is offboarded`}
        of={org.name}
        state={`${counted(countThings(categories), 'thing')} ended in ${receipt.organization}, on ${sayDay(receipt.at)}.`}
        action={<Deeds org={org} receipt={receipt} />}
      />
      <Stack gap={0} maw={760}>
        <Facts receipt={receipt} />
        <Block title="What ended" wide apart>
          <div>
            <BelongingsList categories={categories} open />
          </div>
        </Block>
        <Block title="What was handed over" wide>
          <HandedOver receipt={receipt} />
        </Block>
        {receipt.remains.length > 0 && (
          <Block title="What stays" wide>
            <List size="sm" spacing={4}>
              {receipt.remains.map((sentence) => (
                <List.Item key={sentence}>{sentence}</List.Item>
              ))}
            </List>
          </Block>
        )}
        <Block title="Proof" about="The audit log holds the same number for this receipt." wide>
          <Takeaway label="SHA-256" value={receipt.hash} />
        </Block>
        <Text size="sm" mt="xl" data-print="none">
          <LinkTo to={orgSettingsAddress(org.name, 'members/offboardings')}>Everybody who was offboarded</LinkTo>
        </Text>
      </Stack>
    </>
  )
}

function Deeds({ org, receipt }: { org: Org; receipt: leaving.Receipt }) {
  const address = `/api/organizations/${encodeURIComponent(org.name)}/offboardings/${receipt.id}`
  return (
    <Group gap="xs" data-print="none">
      <Button leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
        Print
      </Button>
      <Button
        component="a"
        href={address}
        download={`offboarding-${receipt.user}.json`}
        leftSection={<IconDownload size={16} aria-hidden />}
      >
        Download
      </Button>
    </Group>
  )
}

function Facts({ receipt }: { receipt: leaving.Receipt }) {
  return (
    <dl className={classes.facts}>
      <Fact name="Who">
        {receipt.fullname ? `${receipt.fullname} (${receipt.user})` : receipt.user}, from {receipt.organization}
      </Fact>
      <Fact name="When">{sayMoment(receipt.at)}</Fact>
      <Fact name="By">{receipt.by}</Fact>
      <Fact name="Reason">{receipt.reason}</Fact>
      <Fact name="Kept out">
        <KeptOut receipt={receipt} />
      </Fact>
      <Fact name="Receipt">
        <span className="mono">{receipt.id}</span>
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

function KeptOut({ receipt }: { receipt: leaving.Receipt }) {
  const [asked, setAsked] = useState(false)
  const { keptOutUntil, user, id } = receipt
  if (keptOutUntil === null) return 'No: an admin has lifted it.'
  if (!isKeptOut(receipt)) return `It was until ${sayDay(keptOutUntil)}; now any door is open again.`
  return (
    <Group gap="sm">
      <span>Until {sayDay(keptOutUntil)} no door lets them in.</span>
      <Button size="compact-sm" data-print="none" onClick={() => setAsked(true)}>
        Let in again…
      </Button>
      {asked && <LetIn org={receipt.organization} user={user} id={id} onClose={() => setAsked(false)} />}
    </Group>
  )
}

function HandedOver({ receipt }: { receipt: leaving.Receipt }) {
  const { handedOver, successor, organization, leftAsIs, removed, invitations, by } = receipt
  const isNothing = handedOver.groups.length === 0 && handedOver.repositoryCount === 0
  const reassigned = invitations === 'reassign' ? [...removed.invitationsSent, ...removed.inviteLinks] : []
  return (
    <div>
      <Text size="sm">
        {isNothing
          ? 'Nothing depended on them alone.'
          : successor !== null && !leftAsIs
            ? `${successor} looks after this now:`
            : 'Nobody took this over; admins of the organization can still change it:'}
      </Text>
      {!isNothing && <Orphans needs={handedOver} org={organization} />}
      {reassigned.length > 0 && (
        <>
          <Text size="sm" mt="sm">
            Invitations and links that go on in the name of {by}:
          </Text>
          <List size="sm" spacing={2} mt={4}>
            {reassigned.map((one) => (
              <List.Item key={one.id}>{'to' in one ? one.to : `link “${one.label}”`}</List.Item>
            ))}
          </List>
        </>
      )}
    </div>
  )
}
