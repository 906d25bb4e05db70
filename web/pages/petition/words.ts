import type { recovery } from '../../../api/index.ts'
import { sayDay } from '../../pieces/When.tsx'
import { counted, listed } from '../../words.ts'

type Petition = recovery.Petition
type Tone = 'plain' | 'accent' | 'warn' | 'danger'

/** How a state is written, and how loud. */
export const stateWords: Record<recovery.PetitionState, { words: string; tone: Tone }> = {
  open: { words: 'something is missing', tone: 'warn' },
  waiting: { words: 'the time runs', tone: 'accent' },
  done: { words: 'done', tone: 'plain' },
  vetoed: { words: 'stopped', tone: 'danger' },
  withdrawn: { words: 'taken back', tone: 'plain' },
  expired: { words: 'expired', tone: 'plain' },
}

/** On what a petition rests. */
export const pathWords: Record<recovery.RecoveryPath, string> = {
  successor: 'as successor',
  domain: 'by proof of a domain',
  operators: 'by the operators of this hub',
}

/** Whether a petition can still come to something. */
export function isAlive({ state }: Petition): boolean {
  return state === 'open' || state === 'waiting'
}

/** The name people know somebody by. */
export function called({ fullname, user }: Petition['person']): string {
  return fullname || user
}

/** Who is to become admin of what: the person asks for it, or the operators do it for them. */
export function headline(petition: Petition): string {
  return `${called(petition.person)} ${verbOf(petition)} admin of ${petition.organization}`
}

function verbOf(petition: Petition): string {
  if (petition.state === 'done') return 'became'
  if (petition.path === 'operators') return isAlive(petition) ? 'is to become' : 'was to become'
  return isAlive(petition) ? 'asks to become' : 'asked to become'
}

/** Where a petition stands, in a sentence. */
export function standing(petition: Petition): string {
  const { state, effectiveAt, endedAt, endedBy } = petition
  const day = endedAt ? ` on ${sayDay(endedAt)}` : ''
  switch (state) {
    case 'open':
      return `Nothing happens yet. Still missing: ${listed(missing(petition))}.`
    case 'waiting':
      return effectiveAt
        ? `All is there. It takes effect on ${sayDay(effectiveAt)}, unless an admin stops it before.`
        : 'All is there, and the time runs.'
    case 'done':
      return `${called(petition.person)} became admin${day}.`
    case 'vetoed':
      return `${endedBy ?? 'An admin'} stopped it${day}.`
    case 'withdrawn':
    case 'expired':
      return `It ended${day}. ${petition.timeline.at(-1)?.what ?? ''}`
  }
}

function missing({ proof, quorum, approvals }: Petition): string[] {
  const voices = quorum ? quorum.needed - quorum.confirmedBy.length : 0
  const operators = approvals ? approvals.needed - approvals.approvedBy.length : 0
  const parts = [
    ...(proof && !proof.found ? ['the record in the DNS'] : []),
    ...(voices > 0 ? [counted(voices, 'confirmation')] : []),
    ...(operators > 0 ? [`the approval of ${counted(operators, 'more operator', 'more operators')}`] : []),
  ]
  return parts.length > 0 ? parts : ['a last check']
}
