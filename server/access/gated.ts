import type { Refused } from './decide.ts'
import type { Facts } from './facts.ts'
import type { GateFacts } from './gate-facts.ts'

const prefixes = { model: '', dataset: '/datasets', space: '/spaces' } as const

/** The refusal of someone whom the gate of a repository keeps out. The clients look for its first sentence. */
export function refusedByGate({ actor, repo }: Facts): Refused {
  const { type = 'model', namespace, name } = repo ?? {}
  const id = `${namespace}/${name}`
  const { sentence, mend } = next[actor === undefined ? 'anonymous' : (repo?.gate?.state ?? 'none')]
  return {
    allowed: false,
    refused: 'GatedRepo',
    sentence: `Access to ${type} ${id} is restricted and you are not in the authorized list. ${sentence}`,
    mends: [mend],
    page: `${prefixes[type]}/${id}`,
  }
}

type Standing = 'anonymous' | 'none' | NonNullable<GateFacts['state']>

const asks = {
  sentence: 'Visit its page to ask for access.',
  mend: 'Request access to the repository, or have an author grant it.',
}

// What the person does next: the address of the page follows.
const next: Record<Standing, { sentence: string; mend: string }> = {
  anonymous: { sentence: 'Sign in, then visit its page to ask for access.', mend: 'Sign in.' },
  none: asks,
  expired: { ...asks, sentence: 'Your access has expired. Visit its page to ask for access again.' },
  accepted: asks,
  pending: {
    sentence: 'Your request is awaiting a review from its authors. See its page.',
    mend: 'Accept the access request.',
  },
  rejected: {
    sentence: 'Your request was rejected by its authors. See its page.',
    mend: 'Accept the access request that was rejected.',
  },
}
