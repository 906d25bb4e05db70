import { Text } from '@mantine/core'
import type { tokens, Withheld } from '../../../../api/index.ts'
import { Word } from '../../../pieces/Word.tsx'

type Of = Pick<tokens.Standing, 'state' | 'blockedBy'>

const words: Record<tokens.OrgTokenState, { text: string; tone: 'plain' | 'good' | 'warn' | 'danger' }> = {
  active: { text: 'active', tone: 'plain' },
  pending: { text: 'pending', tone: 'warn' },
  approved: { text: 'approved', tone: 'good' },
  denied: { text: 'denied', tone: 'danger' },
  blocked: { text: 'blocked', tone: 'warn' },
  revoked: { text: 'revoked', tone: 'danger' },
}

const reasons: Partial<Record<Withheld, string>> = {
  token_kind: 'not fine-grained',
  token_lifetime: 'lasts too long',
}

/** Where a token stands in an organization, and why the policy blocks it. */
export function Standing({ of: { state, blockedBy } }: { of: Of }) {
  const { text, tone } = words[state]
  return (
    <>
      <Word tone={tone}>{text}</Word>
      {state === 'blocked' && (
        <Text size="xs" c="dimmed">
          {blockedBy.flatMap((reason) => reasons[reason] ?? []).join(', ')}
        </Text>
      )}
    </>
  )
}

/** The organizations that do not simply accept a token of yours, each with where it stands. */
export function Standings({ of }: { of: tokens.Standing[] }) {
  return of.map((standing) => (
    <Text key={standing.name} size="xs" component="div">
      {standing.name}: <Standing of={standing} />
    </Text>
  ))
}

/** What a new token can't do yet, or at all, because of the policy of an organization. */
export function StandingNotes({ of }: { of: tokens.Standing[] }) {
  return of.flatMap(({ name, ...standing }) => {
    const note = noteOf(standing)
    return note === undefined
      ? []
      : [
          <Text key={name} size="sm">
            {name} {note}
          </Text>,
        ]
  })
}

function noteOf({ state, blockedBy }: Of): string | undefined {
  if (state === 'pending') return 'requires approval. This token works there after an admin approves it.'
  if (blockedBy.includes('token_kind')) return 'only accepts fine-grained tokens. This token doesn’t work there.'
  if (blockedBy.includes('token_lifetime'))
    return 'doesn’t accept tokens that last so long. This token doesn’t work there.'
  return undefined
}
