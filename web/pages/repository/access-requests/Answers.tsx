import { Button, Group, Stack, Text } from '@mantine/core'
import type { gated } from '../../../../api/index.ts'
import { SidePanel } from '../../../pieces/Dialog.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { sayDay, When } from '../../../pieces/When.tsx'
import classes from './AccessRequests.module.css'
import { answerWords } from './answer-words.ts'
import { deedsIn } from './decisions.ts'

interface Panel {
  request: gated.AccessRequest | undefined
  /** What the card asks for now. */
  fields: readonly gated.GateField[]
  onDecide: (status: gated.RequestState, user: string) => void
  onClose: () => void
}

/** One request at the side of the list: who asked, all answers, and what became of it. */
export function Answers({ request, fields, onDecide, onClose }: Panel) {
  return (
    <SidePanel opened={request !== undefined} onClose={onClose} title="Access request">
      {request && (
        <Request request={request} asked={fields} onDecide={(status) => onDecide(status, request.user.user)} />
      )}
    </SidePanel>
  )
}

interface Shown {
  request: gated.AccessRequest
  asked: Panel['fields']
  onDecide: (status: gated.RequestState) => void
}

function Request({ request, asked, onDecide }: Shown) {
  const { user, status, timestamp, fields = {} } = request
  return (
    <Stack gap="lg">
      <LinkTo to="/$name" params={{ name: user.user }} c="inherit" underline="never">
        <Named name={user.user} fullname={user.fullname} />
      </LinkTo>
      <Text size="sm" component="div">
        {user.email === undefined ? 'Access given' : 'Requested'} <When time={timestamp} />
        <Outcome request={request} />
      </Text>
      <dl className={classes.answers}>
        {user.email !== undefined && <Answer name="Email address" answer={user.email} />}
        {user.verifiedOrgNames.length > 0 && <Answer name="Organizations" answer={user.verifiedOrgNames.join(', ')} />}
        {Object.entries(fields).map(([name, answer]) => (
          <Answer key={name} name={name} answer={answerWords(asked, name, answer)} />
        ))}
      </dl>
      <Group gap="sm">
        {deedsIn[status].map(({ status: next, label, isDanger }) => (
          <Button key={next} {...(isDanger ? { color: 'red', variant: 'outline' } : {})} onClick={() => onDecide(next)}>
            {label}…
          </Button>
        ))}
      </Group>
    </Stack>
  )
}

function Outcome({ request: { status, grantedBy, reviewedAt, rejectionReason, expiresAt } }: Pick<Shown, 'request'>) {
  if (status === 'pending') return null
  const by = grantedBy ? `by ${grantedBy.fullname || grantedBy.user}` : 'automatically'
  return (
    <>
      <br />
      {status === 'accepted' ? 'Accepted' : 'Rejected'} {by} {reviewedAt && <When time={reviewedAt} />}
      {expiresAt !== null && <>, until {sayDay(expiresAt)}</>}
      {rejectionReason && <>: “{rejectionReason}”</>}
    </>
  )
}

function Answer({ name, answer }: { name: string; answer: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{answer}</dd>
    </div>
  )
}
