import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconMailOff } from '@tabler/icons-react'
import type { bulk } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { CopyButton, CopyIcon } from '../../../pieces/Copy.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { counted } from '../../../words.ts'
import classes from './PeopleField.module.css'
import { isInvited, Problems } from './PeopleField.tsx'

interface Result {
  org: Org
  result: bulk.BulkInvitations
  onAgain: () => void
  onDone: () => void
}

/** After inviting: whether emails were sent, or the links to share without a mail server, and who was left out. */
export function InvitedPeople({ org, result, onAgain, onDone }: Result) {
  const links = result.rows.filter(({ link }) => link !== null)
  const leftOut = result.rows.filter((row) => !isInvited(row))
  return (
    <Stack>
      {links.length === 0 ? (
        <Alert variant="light" icon={<IconCheck aria-hidden />} role="status">
          Invited {counted(result.counts.mailed, 'person', 'people')}. Emails are on their way.
        </Alert>
      ) : (
        <NotSent rows={links} />
      )}
      {leftOut.length > 0 && (
        <div>
          <Text size="sm" fw={600}>
            Not invited
          </Text>
          <Problems verdicts={leftOut} />
        </div>
      )}
      <Text size="sm">
        <LinkTo to="/organizations/$org/settings/invitations" params={{ org: org.name }}>
          View pending invitations
        </LinkTo>
      </Text>
      <Group justify="flex-end">
        <Button onClick={onAgain}>Invite more people</Button>
        <Button variant="filled" onClick={onDone} data-autofocus>
          Done
        </Button>
      </Group>
    </Stack>
  )
}

// A line each, to be pasted into a spreadsheet or a chat.
function linesOf(rows: readonly bulk.InviteVerdict[]): string {
  return rows.map(({ who, link }) => `${who}\t${link}`).join('\n')
}

function NotSent({ rows }: { rows: bulk.InviteVerdict[] }) {
  return (
    <>
      <Alert
        variant="light"
        color="yellow"
        icon={<IconMailOff aria-hidden />}
        role="status"
        title="Not sent: no mail server"
      >
        The invitations are ready, but this instance can’t send email. Copy each link and share it with that person. It
        works only for them. New accounts must also verify their email address. A site admin finds that link in the
        outbox.
      </Alert>
      <ul className={classes.links} aria-label="Links to share">
        {rows.map(({ row, who, link }) => (
          <li key={row}>
            <Text size="sm" truncate>
              {who}
            </Text>
            <CopyIcon value={link ?? ''} label={`Copy link for ${who}`} />
          </li>
        ))}
      </ul>
      {rows.length > 1 && (
        <Group>
          <CopyButton value={linesOf(rows)}>Copy all links</CopyButton>
        </Group>
      )}
    </>
  )
}
