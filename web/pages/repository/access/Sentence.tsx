import { Stack, Text, Title } from '@mantine/core'
import type { access } from '../../../../api/index.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { useRepository } from '../../../repository.ts'
import { counted, listed } from '../../../words.ts'
import { type Asked, useOverview } from './holders.ts'

/** How many people read the repository, and how many write. */
export function AccessSentence({ org, repo }: { org: string; repo: string }) {
  const { row } = useRepository()
  const reading = useOverview({ org, repo, asked: 'read' })
  const writing = useOverview({ org, repo, asked: 'write' })
  if (!reading || !writing) return <>Counting the people who have access…</>
  const readers = reading.anonymous
    ? 'Everyone can read this public repository.'
    : `${peopleOf(reading)} can read ${row.private ? 'this private repository' : 'the files of this gated repository'}.`
  const writers = reading.anonymous ? peopleOf(writing) : numberOf(writing)
  return <>{`${readers} ${writers} can write.`}</>
}

// A first page tells how many there are when nothing follows it.
function numberOf({ people, next }: access.WhoCan): string {
  if (next !== null) return `More than ${people.length.toLocaleString('en')}`
  return people.length === 0 ? 'None' : people.length.toLocaleString('en')
}

function peopleOf(page: access.WhoCan): string {
  if (page.people.length === 0) return 'No people'
  return page.next === null ? counted(page.people.length, 'person', 'people') : `${numberOf(page)} people`
}

/** The tokens of service accounts that can do it, where there are any. */
export function ServiceTokens({ org, repo, asked }: { org: string; repo: string; asked: Asked }) {
  const tokens = useOverview({ org, repo, asked })?.serviceTokens ?? []
  if (tokens.length === 0) return null
  return (
    <Stack component="section" gap={4} mt="md" aria-label="Service accounts">
      <Title order={2} size="h5">
        Service accounts
      </Title>
      {tokens.map(({ id, name, last4, account }) => (
        <Text key={id} size="sm" style={{ overflowWrap: 'anywhere' }}>
          <LinkTo to="/organizations/$org/settings/service-accounts" params={{ org }} inherit underline="always">
            {account}
          </LinkTo>{' '}
          with the token {name}{' '}
          <Text span size="xs" c="dimmed" className="mono">
            hf_…{last4}
          </Text>
        </Text>
      ))}
    </Stack>
  )
}

/** Who else reaches the repository: tokens, visitors who are not signed in, and site admins. */
export function Others({ org, repo }: { org: string; repo: string }) {
  const reading = useOverview({ org, repo, asked: 'read' })
  if (!reading) return null
  const { tokens, anonymous, organizations, siteAdmins } = reading
  const parts = [
    anonymous ? 'Anyone can read without signing in' : 'No anonymous access',
    ...(organizations.length > 0 ? [`Members of ${listed(organizations)} can read, too, but aren’t listed`] : []),
    ...(tokens === null ? [] : [tokenWords(tokens)]),
    `${counted(siteAdmins, 'site admin')} of this instance`,
  ]
  return (
    <Text size="sm" c="dimmed" mt="xs">
      {parts.join(' · ')}
    </Text>
  )
}

// The server counts no further.
const mostTokensCounted = 10_000

function tokenWords(tokens: number): string {
  const more = tokens >= mostTokensCounted ? ' or more' : ''
  return `${tokens.toLocaleString('en')}${more} personal access ${tokens === 1 ? 'token' : 'tokens'} of members and collaborators`
}
