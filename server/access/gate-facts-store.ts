import { sql, textOf } from '../store/sql.ts'
import { countingOrganizationAccess } from './gates.ts'
import * as grants from './grants.ts'

/** With what the caller of a statement of facts comes. */
interface Coming {
  /** A token, which is there as `t`. */
  hasToken: boolean
  /** The placeholder of the address that they come from. */
  address: string | undefined
  /** What SSO judges, which is there as `t` or `s`. */
  sso: 'token' | 'session' | undefined
}

// The first value of a statement of facts is the time.
const at = sql.raw('$1')

/** The columns about the gate of the repository `r` and the caller `a`. Of a repository without one, no subquery is run. */
export function gateColumns(coming: Coming): string {
  const ofGated = (row: string) => `case when r.gate is not null then (select ${row}) end`
  return `r.gate repo_gate, r.gate_members repo_gate_members,
    ${ofGated(request)} repo_gate_request, ${ofGated(ofOrganization(coming))} repo_gate_organization`
}

const request = `json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
    'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
  from gate_requests q where q.repo_id = r.id and q.user_id = a.id`

const texts = new Map<string, string>()

// Each way to come has its text: which requirements count depends on what the caller shows.
function ofOrganization(coming: Coming): string {
  const key = JSON.stringify([coming.hasToken, coming.address, coming.sso])
  const text = texts.get(key) ?? textFor(coming)
  texts.set(key, text)
  return text
}

function textFor({ hasToken, address, sso }: Coming): string {
  const reader = {
    id: sql.raw('a.id'),
    hasTwoFactor: grants.hasTwoFactor('a'),
    token: hasToken ? grants.tokenIn('t') : undefined,
    address: address === undefined ? undefined : sql.raw(address),
    sso: sso === 'session' ? { sessionId: sql.raw('s.id') } : sso,
  }
  return `json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
      'organization', (select go.name from organizations go where go.id = gg.org_id),
      'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
    ${textOf(countingOrganizationAccess(reader, at))} order by gg.id limit 1`
}
