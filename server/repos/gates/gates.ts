import type * as api from '../../../api/index.ts'
import type { gated, InputOf, ResultOf } from '../../../api/index.ts'
import type { Facts } from '../../access/facts.ts'
import type { Permit } from '../../access/permit.ts'
import { meets } from '../../access/requirements.ts'
import type { Db } from '../../store/database.ts'
import { emptyForm } from '../cards/gate-form.ts'
import { repoIsGone } from '../registry/rules.ts'
import { gateSettingsOf } from '../registry/settings.ts'
import { stateNow } from './reply.ts'
import * as store from './store.ts'

/** A caller who can see the repository. */
export type Viewing = Permit<'gate.view'> | Permit<'gate.request'>

const mostCounted = 10_000

/** Shows what a gated repository asks for, and where the caller stands; to who reviews requests, also how many there are. */
export async function getGate(
  db: Db,
  permit: Viewing,
  _input: Pick<InputOf<typeof api.gated.getGate>, 'repo'>,
): Promise<ResultOf<typeof api.gated.getGate>> {
  const { id } = permit.repo
  const row = await store.findGate(db, id)
  if (row === undefined) throw repoIsGone()
  const reviews = meets('gateReview', permit.facts)
  const [request, counts] = await Promise.all([
    permit.actor && store.findRequest(db, id, permit.actor.id),
    reviews ? store.countRequests(db, id, mostCounted) : null,
  ])
  return {
    mode: row.gate,
    form: row.gate_form ?? emptyForm,
    ...standingOf(permit.facts, row, request),
    settings: reviews ? gateSettingsOf(row) : null,
    counts,
    checksCountries: permit.request.country !== undefined,
  }
}

type Standing = Pick<
  gated.Gate,
  'state' | 'requestedAt' | 'reviewedAt' | 'rejectionReason' | 'expiresAt' | 'organization'
>

function standingOf(facts: Facts, { gate }: store.GateRow, request: store.RequestRow | undefined): Standing {
  const organization = facts.repo?.gate?.grants.find((grant) => grant.organization !== undefined)
  return {
    state: gate === null ? 'open' : stateOf(facts, request),
    requestedAt: request?.created_at.toISOString() ?? null,
    reviewedAt: request?.handled_at?.toISOString() ?? null,
    rejectionReason: request?.reason ?? null,
    expiresAt: (request?.expires_at ?? organization?.until ?? null)?.toISOString() ?? null,
    organization: organization?.organization ?? null,
  }
}

function stateOf(facts: Facts, request: store.RequestRow | undefined): gated.GateStanding {
  if (facts.actor === undefined) return 'anonymous'
  const asked = request && stateNow(request)
  if (!meets('repoContent', facts)) return facts.repo?.gate?.isBarred ? 'unavailable' : (asked ?? 'none')
  return asked === 'accepted' || facts.repo?.gate?.grants.length ? 'accepted' : 'open'
}
