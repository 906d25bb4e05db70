import { Alert, Text, Title } from '@mantine/core'
import { IconWorld } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Gate } from '../../../gate.ts'
import { ButtonTo } from '../../../pieces/LinkTo.tsx'
import { Markdown } from '../../../pieces/Markdown.tsx'
import { PageColumn } from '../../../pieces/PageColumn.tsx'
import { sayDay } from '../../../pieces/When.tsx'
import { useRepository } from '../../../repository.ts'
import { Fields } from './Fields.tsx'
import classes from './Gate.module.css'
import { Pending } from './Pending.tsx'

/** In place of the files of a gated repository: what the authors ask for, and where the viewer’s request stands. */
export function AccessForm({ gate }: { gate: Gate }) {
  const { type } = useRepository()
  const { heading, description } = gate.form
  return (
    <section className={classes.panel} aria-label="Access">
      <PageColumn gap="md">
        {canAsk(gate) ? (
          <div>
            <Title order={2} size="h3">
              {heading ?? `Request access to this ${type}`}
            </Title>
            <Text c="dimmed" size="sm" mt={4}>
              {description ?? usualDescription(gate.mode)}
            </Text>
          </div>
        ) : (
          <Title order={2} size="h3">
            {gate.state === 'pending' ? 'Your access request' : `You don’t have access to this ${type}`}
          </Title>
        )}
        {gate.form.euDisallowed && <NotInEurope isHere={gate.state === 'unavailable'} />}
        <ByState gate={gate} />
      </PageColumn>
    </section>
  )
}

const cannotAsk: ReadonlySet<Gate['state']> = new Set(['pending', 'rejected', 'unavailable'])

// There is nothing to request for people who wait, were rejected, or are kept out.
function canAsk({ state }: Gate): boolean {
  return !cannotAsk.has(state)
}

function usualDescription(mode: Gate['mode']): string {
  return mode === 'auto'
    ? 'Anyone can read the card. You get the files as soon as you agree.'
    : 'Anyone can read the card. You get the files when the authors accept your request.'
}

function ByState({ gate }: { gate: Gate }) {
  if (gate.state === 'unavailable') return null
  if (gate.state === 'pending') return <Pending gate={gate} />
  if (gate.state === 'rejected') return <Rejected gate={gate} />
  if (gate.state === 'anonymous')
    return (
      <Terms gate={gate}>
        <SignIn />
      </Terms>
    )
  return (
    <>
      {gate.state === 'expired' && <Expired gate={gate} />}
      <Terms gate={gate}>
        <Fields gate={gate} />
      </Terms>
    </>
  )
}

function Terms({ gate: { form }, children }: { gate: Gate; children: ReactNode }) {
  return (
    <>
      {form.prompt && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long terms scroll, with the keyboard too
        <section className={classes.terms} aria-label="Terms" tabIndex={0}>
          <Markdown text={form.prompt} />
        </section>
      )}
      {children}
    </>
  )
}

function SignIn() {
  return (
    <div>
      <Text size="sm" mb="sm">
        Sign in to request access. You’ll return to this page.
      </Text>
      <ButtonTo to="/login" next={location.pathname + location.search} variant="filled">
        Sign in
      </ButtonTo>
    </div>
  )
}

function Rejected({ gate: { rejectionReason, reviewedAt } }: { gate: Gate }) {
  const { namespace } = useRepository()
  return (
    <Alert color="red" variant="light" title="Your request was rejected">
      <Text size="sm">
        The authors rejected your request{reviewedAt !== null && ` on ${sayDay(reviewedAt)}`}
        {rejectionReason ? `: “${rejectionReason}”` : '.'}
      </Text>
      <Text size="sm" mt={4}>
        You can’t request access again. If this is a mistake, contact {namespace}.
      </Text>
    </Alert>
  )
}

function Expired({ gate: { expiresAt } }: { gate: Gate }) {
  return (
    <Alert variant="light" color="yellow" title="Your access has expired">
      {expiresAt === null ? 'You can request it again.' : `It ended on ${sayDay(expiresAt)}. You can request it again.`}
    </Alert>
  )
}

function NotInEurope({ isHere }: { isHere: boolean }) {
  return (
    <Alert variant="light" color="yellow" icon={<IconWorld aria-hidden />} title="Not available in the European Union">
      The authors don’t give people and companies in the European Union access to the files.
      {isHere && ' Your IP address seems to be there. If that’s wrong, contact the authors.'}
    </Alert>
  )
}
