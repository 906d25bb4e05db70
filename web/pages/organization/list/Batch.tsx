import { Button, Group, Progress, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { bulk } from '../../../../api/index.ts'
import { orgSettingsAddress } from '../../../addresses.ts'
import { client, keyOf } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { ButtonTo, LinkTo } from '../../../pieces/LinkTo.tsx'
import { When } from '../../../pieces/When.tsx'
import { counted } from '../../../words.ts'

interface Part {
  org: Org
  id: string
  onAgain: () => void
}

const everyMs = 1500

/** How far the mails of a list are; asked again and again until none waits. */
export function Batch({ org, id, onAgain }: Part) {
  const { data, error } = useBatch(org, id)
  return (
    <Block title="The mails" wide>
      <ErrorNote error={error} />
      {data ? <Sent org={org} batch={data} /> : !error && <Skeleton height={90} />}
      <Group>
        <ButtonTo to={orgSettingsAddress(org.name, 'invitations')} variant="filled">
          See the invitations
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
  const { total, waiting, sent, failed, createdBy, createdAt } = batch
  const share = (count: number) => (total === 0 ? 0 : (count / total) * 100)
  return (
    <Stack gap="sm" maw={680}>
      <Text role="status">{wordsOf(batch)}</Text>
      <Progress.Root size="lg">
        <Progress.Section value={share(sent)} aria-label="Mails sent" />
        <Progress.Section value={share(failed)} color="red" aria-label="Mails that could not be sent" />
      </Progress.Root>
      <Text size="sm" c="dimmed">
        Invited by {createdBy ?? 'a deleted account'} <When time={createdAt} />.{' '}
        {waiting > 0 && 'You may leave: the mails go out by themselves, and this address tells how far they are.'}
      </Text>
      {failed > 0 && (
        <Text size="sm">
          {counted(failed, 'mail')} could not be sent. The invitations stand all the same:{' '}
          <LinkTo to={orgSettingsAddress(org.name, 'invitations')}>resend them</LinkTo> once the addresses are right, or
          the mail server takes them.
        </Text>
      )}
    </Stack>
  )
}

function wordsOf({ total, waiting, sent, failed }: bulk.InvitationBatch): string {
  if (waiting === 0 && failed === 0) return `All ${counted(total, 'mail')} are out.`
  const parts = [`${sent.toLocaleString('en')} of ${counted(total, 'mail')} sent`]
  if (waiting > 0) parts.push(`${waiting.toLocaleString('en')} waiting`)
  if (failed > 0) parts.push(`${failed.toLocaleString('en')} failed`)
  return `${parts.join(', ')}.`
}
