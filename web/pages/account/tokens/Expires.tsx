import { sayDay, When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { type Expiring, expiry } from './expiry.ts'

/** When a token expires: the day, or how soon, or that it has. */
export function Expires({ token }: { token: Expiring }) {
  const when = expiry(token)
  if (when === 'renewed') return 'renews automatically'
  if (token.expiresAt === null) return 'never'
  if (when === 'later') return sayDay(token.expiresAt)
  return (
    <Word tone={when === 'over' ? 'danger' : 'warn'}>
      {when === 'over' ? 'expired ' : ''}
      <When time={token.expiresAt} />
    </Word>
  )
}
