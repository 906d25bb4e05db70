import { orgTokens, type ReplyOf } from '../../../../api/index.ts'
import { useReply } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { counted } from '../../../words.ts'

type Counts = ReplyOf<typeof orgTokens.countOrgTokens>

const parts: [count: keyof Counts, words: string, search: Record<string, string>][] = [
  ['pending', 'waiting for approval', { state: 'pending' }],
  ['denied', 'denied', { state: 'denied' }],
  ['blocked', 'blocked by policy', { state: 'blocked' }],
  ['unused', `unused for ${orgTokens.unusedDays} days`, { watch: 'unused' }],
  ['expiresSoon', 'expiring soon', { watch: 'expiresSoon' }],
  ['revoked', 'revoked', { state: 'revoked' }],
]

/** `12 tokens · 3 waiting for approval · 2 unused for 90 days`, each number a link that filters the list. */
export function Summary({ org }: { org: Org }) {
  const counts = useReply(orgTokens.countOrgTokens, { params: { org: org.name } })
  const here = { to: '/organizations/$org/settings/tokens', params: { org: org.name } } as const
  return (
    <>
      <LinkTo {...here} className="nowrap">
        {counted(counts.tokens, 'token')}
      </LinkTo>
      {parts
        .filter(([count]) => counts[count] > 0)
        .map(([count, words, search]) => (
          <span key={count}>
            {' · '}
            <LinkTo {...here} search={search} className="nowrap" {...(count === 'pending' ? { fw: 600 } : {})}>
              {counts[count].toLocaleString('en')} {words}
            </LinkTo>
          </span>
        ))}
      .
    </>
  )
}
