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
  token_kind: 'Not fine-grained',
  token_lifetime: 'Lasts too long',
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
