import { Anchor, Button, Drawer, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { operator } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { When } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { type Mail, MailState } from './columns.tsx'
import classes from './Mail.module.css'

/** One mail, at the side of the list. */
export function MailPanel({ mail, onClose }: { mail: Mail | undefined; onClose: () => void }) {
  return (
    <Drawer
      opened={mail !== undefined}
      onClose={onClose}
      position="right"
      size={620}
      title="Mail"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {mail && <Opened mail={mail} />}
    </Drawer>
  )
}

function Opened({ mail }: { mail: Mail }) {
  const [look, setLook] = useState('text')
  return (
    <Stack>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Title order={2} size="h4">
            {mail.subject}
          </Title>
          <Text size="sm" c="dimmed">
            to {mail.to}, written <When time={mail.createdAt} />
            {mail.sentAt && (
              <>
                , sent <When time={mail.sentAt} />
              </>
            )}
          </Text>
        </div>
        <MailState state={mail.state} />
      </Group>
      {mail.error && <Text size="sm">The mail server said: {mail.error}</Text>}
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label="How to show the mail"
          value={look}
          onChange={setLook}
          data={[
            { value: 'text', label: 'Text' },
            { value: 'html', label: 'As it looks' },
          ]}
        />
        <Retry mail={mail} />
      </Group>
      {look === 'text' ? <LinkedText text={mail.text} /> : <AsItLooks mail={mail} />}
    </Stack>
  )
}

function Retry({ mail }: { mail: Mail }) {
  const { data: health } = useMaybe(operator.operatorHealth, {})
  const retry = useChange(operator.retryMail, () => {
    restart(operator.listOutbox)
    showDone(`The mail to ${mail.to} is queued again.`)
  })
  if (mail.state === 'sent' || mail.state === 'queued') return null
  const reason =
    health?.mail.configured === false ? 'No mail server is set: set GUILDHALL_SMTP_URL and restart.' : undefined
  return (
    <>
      <Why reason={reason}>
        <Button
          size="xs"
          disabled={reason !== undefined}
          loading={retry.isPending}
          onClick={() => retry.mutate({ params: { id: mail.id } })}
        >
          {mail.state === 'kept' ? 'Send it now' : 'Try again'}
        </Button>
      </Why>
      <ErrorNote error={retry.error} />
    </>
  )
}

const address = /(https?:\/\/[^\s<>"]+)/

/** The text of a mail, with its addresses made links. Those to this hub open here. */
function LinkedText({ text }: { text: string }) {
  return (
    <Text component="div" size="sm" className={classes.text ?? ''}>
      {text.split(address).map((part, index) =>
        address.test(part) ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
          <Anchor key={index} href={part} rel="noreferrer" inherit>
            {part}
          </Anchor>
        ) : (
          part
        ),
      )}
    </Text>
  )
}

// No scripts, no forms, no reach into this page; links open beside it.
const freedoms = 'allow-popups allow-popups-to-escape-sandbox'

function AsItLooks({ mail }: { mail: Mail }) {
  const html = mail.html.replace(/<head>/i, '<head><base target="_blank">')
  return (
    <iframe className={classes.frame ?? ''} title={`The mail “${mail.subject}”`} sandbox={freedoms} srcDoc={html} />
  )
}
