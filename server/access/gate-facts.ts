import type { gated } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { FactsRow, GateGrantRow } from './facts-row.ts'

/** What stands between who can see a repository and its files. */
export interface GateFacts {
  mode: gated.GateMode
  /** Members of the organization need access too. */
  asksMembers: boolean
  /** Where the request of the caller stands; undefined: they never asked, and were not granted access. */
  state: gated.RequestState | 'expired' | undefined
  /** What lets the caller through. */
  grants: readonly GateGrant[]
}

/** Access through a gate, by its ID: to a person, or to an organization of theirs. */
interface GateGrant {
  id: string
  since: Date
  grantedBy: string | null
  until: Date | null
  organization?: string
}

/** The gate of the repository in a row of facts; what a person was granted is left out while requirements keep them out. */
export function gateOf(row: FactsRow, mode: gated.GateMode, isKeptOut: boolean): GateFacts {
  const { repo_gate_request: request, repo_gate_organization: organization } = row
  const state = stateOf(request)
  const rows = [...(request && state === 'accepted' ? [request] : []), ...(organization ? [organization] : [])]
  return { mode, asksMembers: row.repo_gate_members, state, grants: isKeptOut ? [] : rows.map(gateGrantOf) }
}

function stateOf(request: FactsRow['repo_gate_request']): GateFacts['state'] {
  if (request?.state !== 'accepted' || request.until === null) return request?.state
  return new Date(request.until) > now() ? 'accepted' : 'expired'
}

function gateGrantOf({ id, since, grantedBy, until, organization }: GateGrantRow): GateGrant {
  const grant = { id, since: new Date(since ?? 0), grantedBy, until: until === null ? null : new Date(until) }
  return organization === undefined ? grant : { ...grant, organization }
}
