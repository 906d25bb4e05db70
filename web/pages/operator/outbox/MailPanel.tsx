import { Anchor, Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { operator, type ReplyOf } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { Takeaway } from '../../../pieces/Copy.tsx'
import { SidePanel } from '../../../pieces/Dialog.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { When } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { type Mail, MailState } from './columns.tsx'
import classes from './Mail.module.css'

/** One email, at the side of the list. */
export function MailPanel({ mail, onClose }: { mail: Mail | undefined; onClose: () => void }) {
  return (
    <SidePanel opened={mail !== undefined} onClose={onClose} size={620} title="Email">
      {mail && <Opened mail={mail} />}
    </SidePanel>
  )
}

function Opened({ mail }: { mail: Mail }) {
  return (
    <Stack>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Title order={2} size="h4">
            {mail.subject}
          </Title>
          <Text size="sm" c="dimmed">
            To {mail.to} · created <When time={mail.createdAt} />
            {mail.sentAt && (
              <>
                {' '}
                · sent <When time={mail.sentAt} />
              </>
            )}
          </Text>
        </div>
        <MailState state={mail.state} />
      </Group>
      {mail.error && <Text size="sm">Mail server: {mail.error}</Text>}
      <Retry mail={mail} />
      {mail.isBlank ? <Text size="sm">{whyBlank(mail)}</Text> : <Message key={mail.id} mail={mail} />}
    </Stack>
  )
}

function whyBlank({ state }: Mail): string {
  return state === 'sent'
    ? 'The text of a delivered email is not stored.'
    : 'The link in this email has expired or was used, so its text is no longer kept.'
}

type MailText = ReplyOf<typeof operator.readMail>

/** The text of a mail, once it is asked for: reading it is recorded. */
function Message({ mail }: { mail: Mail }) {
  const [shown, setShown] = useState<MailText & { isRevealed: boolean }>()
  const params = { id: mail.id }
  const read = useChange(operator.readMail, (text) => setShown({ ...text, isRevealed: false }))
  const reveal = useChange(operator.revealMail, (text) => setShown({ ...text, isRevealed: true }))
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {shown === undefined && (
          <Button size="xs" variant="default" loading={read.isPending} onClick={() => read.mutate({ params })}>
            Read email
          </Button>
        )}
        {mail.hasSecret && !shown?.isRevealed && (
          <Button size="xs" variant="default" loading={reveal.isPending} onClick={() => reveal.mutate({ params })}>
            Reveal link
          </Button>
        )}
      </Group>
      {!shown?.isRevealed && (
        <Text size="xs" c="dimmed">
          {shown
            ? 'The secret in the link is hidden.'
            : 'Reading an email is recorded in the audit log with your name.'}
        </Text>
      )}
      <ErrorNote error={read.error ?? reveal.error} />
      {shown?.isRevealed && <LinkToShare text={shown.text} />}
      {shown && <Letter subject={mail.subject} {...shown} />}
    </Stack>
  )
}

function Letter({ subject, text, html }: MailText & { subject: string }) {
  const [look, setLook] = useState('text')
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Email format"
        value={look}
        onChange={setLook}
        data={[
          { value: 'text', label: 'Text' },
          { value: 'html', label: 'HTML' },
        ]}
      />
      {look === 'text' ? <LinkedText text={text} /> : <AsItLooks subject={subject} html={html} />}
    </>
  )
}

function Retry({ mail }: { mail: Mail }) {
  const { data: health } = useMaybe(operator.operatorHealth, {})
  const retry = useChange(operator.retryMail, () => {
    restart(operator.listOutbox)
    showDone(`Email to ${mail.to} queued.`)
  })
  if (mail.state === 'sent' || mail.state === 'queued' || mail.isBlank) return null
  const reason = health?.mail.configured === false ? 'No mail server. Set GUILDHALL_SMTP_URL and restart.' : undefined
  return (
    <>
      <Why reason={reason}>
        <Button
          size="xs"
          disabled={reason !== undefined}
          loading={retry.isPending}
          onClick={() => retry.mutate({ params: { id: mail.id } })}
        >
          {mail.state === 'kept' ? 'Send now' : 'Retry'}
        </Button>
      </Why>
      <ErrorNote error={retry.error} />
    </>
  )
}

const address = /(https?:\/\/[^\s<>"]+)/

// The link is for the recipient: opened here, it would act in the session of the site admin.
function LinkToShare({ text }: { text: string }) {
  const link = address.exec(text)?.[0]
  if (link === undefined) return null
  return <Takeaway label="Link" description="Send it only to the recipient. Don’t open it yourself." value={link} />
}

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

function AsItLooks({ subject, html }: { subject: string; html: string }) {
  const opened = html.replace(/<head>/i, '<head><base target="_blank">')
  return <iframe className={classes.frame ?? ''} title={`The email “${subject}”`} sandbox={freedoms} srcDoc={opened} />
}
