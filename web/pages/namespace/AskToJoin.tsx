import { Button, Group, Modal, Text, Textarea } from '@mantine/core'
import { IconDoorEnter } from '@tabler/icons-react'
import { useState } from 'react'
import { type ReplyOf, requests } from '../../../api/index.ts'
import { useChange, useMaybe } from '../../hub.ts'
import type { Org } from '../../organization.ts'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { Form } from '../../pieces/Form.tsx'
import { sayDay, When } from '../../pieces/When.tsx'
import { useAccount } from '../../session.ts'

type Doors = ReplyOf<typeof requests.getDoors>

/** How somebody who is no member stands: the button by which they ask, or what became of their request. */
export function AskToJoin({ org }: { org: Org }) {
  const account = useAccount()
  const isStranger = account !== undefined && account !== null && org.role === null
  const { data } = useMaybe(requests.getDoors, isStranger ? { params: { org: org.name } } : undefined)
  if (!data || data.isMember) return null
  if (data.mayRequest) return <AskButton org={org} />
  return data.request && <Standing org={org} request={data.request} />
}

function AskButton({ org }: { org: Org }) {
  const [opened, setOpened] = useState(false)
  const [message, setMessage] = useState('')
  const close = () => setOpened(false)
  const ask = useChange(requests.joinOrganization, ({ outcome }) => {
    showDone(outcome === 'joined' ? `You are a member of ${org.name} now.` : `The admins of ${org.name} will decide.`)
    close()
  })
  const words = message.trim()
  const submit = () => ask.mutate({ params: { org: org.name }, body: words === '' ? {} : { message: words } })
  return (
    <>
      <Button variant="filled" leftSection={<IconDoorEnter size={16} aria-hidden />} onClick={() => setOpened(true)}>
        Ask to join
      </Button>
      <Modal opened={opened} onClose={close} title={`Ask to join ${org.name}`}>
        <Form label={`Ask to join ${org.name}`} error={ask.error} rest={ask.error} onSubmit={submit}>
          <Textarea
            label="Message"
            description="For the admins who decide: who you are, what you want to work on. May stay empty."
            autosize
            minRows={3}
            maxRows={10}
            maxLength={1000}
            value={message}
            onChange={({ currentTarget }) => setMessage(currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button type="submit" variant="filled" loading={ask.isPending}>
              Ask to join {org.name}
            </Button>
          </Group>
        </Form>
      </Modal>
    </>
  )
}

function Standing({ org, request }: { org: Org; request: NonNullable<Doors['request']> }) {
  const withdraw = useChange(requests.withdrawRequest, () => showDone('Your request is taken back.'))
  if (request.state === 'rejected' && request.mayAskAgainAt !== null) {
    return (
      <Text size="sm" c="dimmed" w="100%">
        Your request to join was rejected{request.reason === '' ? '.' : `: “${request.reason}”`} You may ask again on{' '}
        {sayDay(request.mayAskAgainAt)}.
      </Text>
    )
  }
  if (request.state !== 'pending') return null
  return (
    <Group gap="sm" w="100%">
      <Text size="sm" c="dimmed">
        You asked to join <When time={request.createdAt} />. The admins decide; you get a mail.
      </Text>
      <Button size="xs" loading={withdraw.isPending} onClick={() => withdraw.mutate({ params: { org: org.name } })}>
        Take it back
      </Button>
      <ErrorNote error={withdraw.error} />
    </Group>
  )
}
