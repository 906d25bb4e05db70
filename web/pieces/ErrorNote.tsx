import { Alert, Anchor, List, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAlertCircle } from '@tabler/icons-react'
import { ApiError, type OrgRole } from '../../api/index.ts'
import { signInAddress } from '../next.ts'
import type { Place } from '../places.ts'
import { roleNames } from '../words.ts'
import { LinkTo } from './LinkTo.tsx'

interface Candidate {
  user: string
  fullname: string
  role: OrgRole
}

/** The sentence of a refusal: the server's own, or what to do when the server did not answer. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message
  if (error instanceof TypeError) return 'Guildhall didn’t answer. Check your connection and try again.'
  return 'Something went wrong on this page. Reload it and try again.'
}

/** A refusal where it happened: the server's sentence, and after a last-admin refusal the people who could be made admin. */
export function ErrorNote({
  error,
  candidatePage,
}: {
  error: unknown
  /** Where one of the people can be made admin. */
  candidatePage?: (user: string) => Place
}) {
  if (!error) return null
  const candidates = candidatesOf(error)
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle aria-hidden />} role="alert">
      <Text size="sm">
        {isSignedOut(error) ? 'Your session has ended.' : sentenceOf(error)}
        {isSignedOut(error) && (
          <>
            {' '}
            <Anchor inherit href={signInAddress()} target="_blank">
              Sign in in a new tab
            </Anchor>
            , then try again. What you entered here is kept.
          </>
        )}
      </Text>
      {candidates.length > 0 && <Candidates candidates={candidates} page={candidatePage} />}
    </Alert>
  )
}

// A session that ended while a form was open: a page that is read again leads to the sign-in by itself.
function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && location.pathname !== '/login'
}

const namedAtMost = 6

function Candidates(props: { candidates: Candidate[]; page: ((user: string) => Place) | undefined }) {
  return (
    <>
      <Text size="sm" mt="xs">
        Make one of these people an admin first:
      </Text>
      <List size="sm" mt={4}>
        {props.candidates.slice(0, namedAtMost).map(({ user, fullname, role }) => (
          <List.Item key={user}>
            {props.page ? (
              <LinkTo {...props.page(user)} reloadDocument>
                {fullname || user}
              </LinkTo>
            ) : (
              fullname || user
            )}{' '}
            ({roleNames[role]})
          </List.Item>
        ))}
        {props.candidates.length > namedAtMost && <List.Item>Or any other member</List.Item>}
      </List>
    </>
  )
}

function candidatesOf(error: unknown): Candidate[] {
  if (!(error instanceof ApiError) || error.code !== 'LastAdmin') return []
  return Array.isArray(error.body.candidates) ? (error.body.candidates as Candidate[]) : []
}

/** Says at the edge of the page what was refused; for controls that have no place of their own for it. */
export function showError(error: unknown): void {
  notifications.show({ color: 'red', title: 'That didn’t work', message: sentenceOf(error), autoClose: 8000 })
}

/** Says at the edge of the page what was done. */
export function showDone(message: string): void {
  notifications.show({ message, autoClose: 4000 })
}
