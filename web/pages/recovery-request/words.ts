import type { recovery } from '../../../api/index.ts'
import { sayDay } from '../../pieces/When.tsx'
import { counted, listed } from '../../words.ts'

type RecoveryRequest = recovery.RecoveryRequest
type Tone = 'plain' | 'accent' | 'warn' | 'danger'

/** How a state is written, and how loud. */
export const stateWords: Record<recovery.RecoveryRequestState, { words: string; tone: Tone }> = {
  open: { words: 'incomplete', tone: 'warn' },
  waiting: { words: 'waiting period', tone: 'accent' },
  done: { words: 'done', tone: 'plain' },
  vetoed: { words: 'objected', tone: 'danger' },
  withdrawn: { words: 'withdrawn', tone: 'plain' },
  expired: { words: 'expired', tone: 'plain' },
}

/** On what a recovery request rests. */
export const pathWords: Record<recovery.RecoveryPath, string> = {
  successor: 'as successor',
  domain: 'by verified domain',
  operators: 'by site admins',
}

/** Whether a recovery request can still come to something. */
export function isAlive({ state }: RecoveryRequest): boolean {
  return state === 'open' || state === 'waiting'
}

/** The name people know someone by. */
export function called({ fullname, user }: RecoveryRequest['person']): string {
  return fullname || user
}

/** Who would become admin of what: the person asks for it, or site admins do it for them. */
export function headline(recoveryRequest: RecoveryRequest): string {
  return `${called(recoveryRequest.person)} ${verbOf(recoveryRequest)} admin of ${recoveryRequest.organization}`
}

function verbOf(recoveryRequest: RecoveryRequest): string {
  if (recoveryRequest.state === 'done') return 'became'
  if (recoveryRequest.path === 'operators') return isAlive(recoveryRequest) ? 'will become' : 'would have become'
  return isAlive(recoveryRequest) ? 'asks to become' : 'asked to become'
}

/** Where a recovery request stands, in a sentence. */
export function stateSentence(recoveryRequest: RecoveryRequest): string {
  const { state, effectiveAt, endedAt, endedBy } = recoveryRequest
  const day = endedAt ? ` on ${sayDay(endedAt)}` : ''
  switch (state) {
    case 'open':
      return `Not in effect yet. Still needed: ${listed(missing(recoveryRequest))}.`
    case 'waiting':
      return effectiveAt
        ? `Takes effect on ${sayDay(effectiveAt)}, unless an admin objects.`
        : 'The waiting period has started.'
    case 'done':
      return `${called(recoveryRequest.person)} became admin${day}.`
    case 'vetoed':
      return `${endedBy ?? 'An admin'} objected${day}.`
    case 'withdrawn':
    case 'expired':
      return `Ended${day}. ${recoveryRequest.timeline.at(-1)?.what ?? ''}`
  }
}

function missing({ proof, quorum, approvals }: RecoveryRequest): string[] {
  const confirmations = quorum ? quorum.needed - quorum.confirmedBy.length : 0
  const operators = approvals ? approvals.needed - approvals.approvedBy.length : 0
  const parts = [
    ...(proof && !proof.found ? ['the DNS record'] : []),
    ...(confirmations > 0 ? [counted(confirmations, 'confirmation')] : []),
    ...(operators > 0 ? [`approval by ${counted(operators, 'more site admin', 'more site admins')}`] : []),
  ]
  return parts.length > 0 ? parts : ['a final check']
}
