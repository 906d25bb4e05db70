import { Alert, Button, Group, Progress, Skeleton, Text } from '@mantine/core'
import { IconDownload, IconMailOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { bulk } from '../../../../api/index.ts'
import { downloadText } from '../../../download.ts'
import { client, keyOf, queryClient } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { ButtonTo, LinkTo } from '../../../pieces/LinkTo.tsx'
import { PageColumn } from '../../../pieces/PageColumn.tsx'
import { When } from '../../../pieces/When.tsx'
import { counted } from '../../../words.ts'

interface Part {
  org: Org
  id: string
  onAgain: () => void
}

const everyMs = 1500
const linksKey = (batch: string) => ['links of invitations', batch]

/** Keeps the links of invitations that were just made, to share where no email goes out. They are gone after a reload. */
export function keepLinks(batch: string, rows: readonly bulk.InviteVerdict[]): void {
  queryClient.setQueryData(
    linksKey(batch),
    rows.filter(({ link }) => link !== null),
  )
}

/** How far the emails of a list are; asked again until none waits. */
export function Batch({ org, id, onAgain }: Part) {
  const { data, error } = useBatch(org, id)
  return (
    <Block title="Emails" wide>
      <ErrorNote error={error} />
      {data ? <Sent org={org} batch={data} /> : !error && <Skeleton height={90} />}
      <Group>
        <ButtonTo to="/organizations/$org/settings/invitations" params={{ org: org.name }} variant="filled">
          View invitations
        </ButtonTo>
        <Button onClick={onAgain}>Invite another list</Button>
      </Group>
    </Block>
  )
}

function useBatch(org: Org, id: string) {
  const input = { params: { org: org.name, id } }
  return useQuery({
    queryKey: keyOf(bulk.getInvitationBatch, input),
    queryFn: () => client.call(bulk.getInvitationBatch, input),
    refetchInterval: ({ state: { data, error } }) => {
      const isOver = data === undefined ? error !== null : data.waiting === 0
      return isOver ? false : everyMs
    },
  })
}

function Sent({ org, batch }: { org: Org; batch: bulk.InvitationBatch }) {
  const { total, waiting, sent, kept, failed, createdBy, createdAt } = batch
  const share = (count: number) => (total === 0 ? 0 : (count / total) * 100)
  return (
    <PageColumn gap="sm">
      <Text role="status">{wordsOf(batch)}</Text>
      <Progress.Root size="lg">
        <Progress.Section value={share(sent)} aria-label="Emails sent" />
        <Progress.Section value={share(failed)} color="red" aria-label="Emails that failed" />
      </Progress.Root>
      <Text size="sm" c="dimmed">
        Invited by {createdBy ?? 'a deleted account'} <When time={createdAt} />.{' '}
        {waiting > 0 && 'You can leave this page. Emails are sent in the background.'}
      </Text>
      {kept > 0 && <NotSent org={org} batch={batch.id} />}
      {failed > 0 && (
        <Text size="sm">
          {counted(failed, 'email')} couldn’t be sent. The invitations are still valid.{' '}
          <LinkTo to="/organizations/$org/settings/invitations" params={{ org: org.name }}>
            Resend them
          </LinkTo>{' '}
          when the problem is solved.
        </Text>
      )}
    </PageColumn>
  )
}

function NotSent({ org, batch }: { org: Org; batch: string }) {
  const links = queryClient.getQueryData<bulk.InviteVerdict[]>(linksKey(batch)) ?? []
  const csv = ['person,link', ...links.map(({ who, link }) => `${who},${link}`), ''].join('\r\n')
  return (
    <Alert variant="light" color="yellow" icon={<IconMailOff aria-hidden />} title="Not sent: no mail server">
      <Text size="sm">
        This instance can’t send email. Share each link with the person it is for.{' '}
        {links.length === 0 && 'To get a link again, resend an invitation.'}
      </Text>
      {links.length > 0 && (
        <Button
          size="xs"
          mt="sm"
          leftSection={<IconDownload size={15} aria-hidden />}
          onClick={() => downloadText(`${org.name}-invitations.csv`, csv, 'text/csv;charset=utf-8')}
        >
          Download links
        </Button>
      )}
    </Alert>
  )
}

function wordsOf({ total, waiting, sent, failed }: bulk.InvitationBatch): string {
  if (sent === total) return `Sent ${counted(total, 'email')}`
  const parts = [`${sent.toLocaleString('en')} of ${counted(total, 'email')} sent`]
  if (waiting > 0) parts.push(`${waiting.toLocaleString('en')} waiting`)
  if (failed > 0) parts.push(`${failed.toLocaleString('en')} failed`)
  return parts.join(' · ')
}
