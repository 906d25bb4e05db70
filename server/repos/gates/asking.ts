import type * as api from '../../../api/index.ts'
import type { gated, InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { meets } from '../../access/requirements.ts'
import { record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import type { Links } from '../../mail/links.ts'
import { hasRejoinBlock } from '../../members/membership/rejoin-blocks.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { emptyForm } from '../cards/gate-form.ts'
import { addressPrefix } from '../registry/names.ts'
import { answersTo } from './answers.ts'
import { getGate } from './gates.ts'
import { tellAuthors } from './notices.ts'
import { notGated, stateNow } from './reply.ts'
import * as store from './store.ts'

type Gated = typeof api.gated
type Asking = Permit<'gate.request'>

/**
 * Requests access for the caller, with an answer to every field that the card asks for now; where the gate is automatic, it is
 * granted at once. `409` while a request is pending or accepted; after a rejection it is refused for good.
 */
export async function requestAccess(
  db: Db,
  permit: Asking,
  input: InputOf<Gated['requestAccess']>,
): Promise<ResultOf<Gated['requestAccess']>> {
  const { fresh, state } = await ask(db, permit, input.fields)
  if (state === 'pending') throw new HubError('Conflict', 'You already requested access. The authors will review it.')
  if (state === 'accepted') throw hasAccess()
  return getGate(db, fresh, input)
}

/** The same from a form, which is then led to the repository, also where the request was there before. */
export async function askAccess(
  db: Db,
  permit: Asking,
  { fields }: InputOf<Gated['askAccess']>,
  links: Links,
): Promise<ResultOf<Gated['askAccess']>> {
  await ask(db, permit, fields)
  const { type, namespace, name } = permit.repo
  const location = `${links.publicUrl}/${addressPrefix[type]}${namespace}/${name}`
  return { reply: { success: true }, headers: { Location: location } }
}

interface Asked {
  fresh: Asking
  /** What the request was before, where nothing changed. */
  state?: 'pending' | 'accepted'
}

async function ask(db: Db, permit: Asking, given: Record<string, unknown>): Promise<Asked> {
  return transaction(db, async (tx) => {
    const fresh = await recheck(tx, permit)
    await refuseOffboarded(tx, fresh)
    const gate = await store.findGate(tx, fresh.repo.id)
    if (!gate?.gate) throw notGated()
    refuseBarred(fresh)
    const before = await store.findRequest(tx, fresh.repo.id, fresh.actor.id)
    const state = before && stateNow(before)
    if (state === 'rejected') throw wasRejected(before?.reason ?? null)
    if (state === 'accepted' || (state === 'pending' && gate.gate === 'manual')) return { fresh, state }
    refuseNeedless(fresh)
    // Of a request that waits, the answers stay
    const kept = state === 'pending' ? before?.answers : undefined
    const { fields } = gate.gate_form ?? emptyForm
    await enter(tx, fresh, gate.gate, kept ?? answersTo(fields, given, fresh.request.country))
    return { fresh: await recheck(tx, fresh) }
  })
}

// The account is locked, so an offboarding is over by now, or waits.
async function refuseOffboarded(tx: Tx, { org, actor }: Asking): Promise<void> {
  if (org === undefined || !(await hasRejoinBlock(tx, org.id, actor.id))) return
  throw new HubError(
    'Forbidden',
    'This account can’t request access to repositories of this organization right now. Ask an admin of the organization.',
  )
}

function refuseBarred({ repo }: Asking): void {
  if (!repo.gate?.isBarred) return
  throw new HubError(
    'Forbidden',
    'This repository isn’t available in the European Union, and your request comes from there.',
  )
}

function refuseNeedless({ facts }: Asking): void {
  if (meets('repoContent', facts)) throw hasAccess()
}

async function enter(
  tx: Tx,
  permit: Asking,
  mode: gated.GateMode,
  answers: store.WrittenRequest['answers'],
): Promise<void> {
  const { id: repoId, type, namespace, name } = permit.repo
  const state = mode === 'auto' ? 'accepted' : 'pending'
  const handled = { handledById: null, handledAt: mode === 'auto' ? now() : null }
  const request = { id: newId(), state, asked: true, answers, expiresAt: null, ...handled } as const
  await store.putRequest(tx, repoId, permit.actor.id, request)
  if (state === 'pending') await tellAuthors(tx, permit)
  const where = `the ${type} ${namespace}/${name}`
  await record(tx, permit, {
    type: 'gated.request',
    message: mode === 'auto' ? `requested access to ${where} and got it` : `requested access to ${where}`,
    data: { repo: { id: repoId, type, name: `${namespace}/${name}` }, status: state },
    scope: permit.org?.id ?? 'instance',
  })
}

function hasAccess(): HubError {
  return new HubError('Conflict', 'You already have access to the files of this repository.')
}

function wasRejected(reason: string | null): HubError {
  const words = reason === null ? '' : ` Reason: ${reason}`
  return new HubError('Forbidden', `The authors rejected your request, so you can’t ask again.${words}`)
}

/** Withdraws the caller's pending request, or gives up the access that they have. A rejection stays. */
export async function cancelOwnRequest(
  db: Db,
  permit: Permit<'gate.withdraw'>,
): Promise<ResultOf<Gated['cancelOwnRequest']>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const { id, type, namespace, name } = permit.repo
    const before = await store.findRequest(tx, id, permit.actor.id)
    if (before?.state === 'rejected') throw wasRejected(before.reason)
    if (before === undefined || stateNow(before) === 'expired')
      throw new HubError('NotFound', 'You have no access request for this repository.')
    await store.deleteRequest(tx, id, permit.actor.id)
    const where = `the ${type} ${namespace}/${name}`
    await record(tx, permit, {
      type: 'gated.withdraw',
      message:
        before.state === 'pending' ? `withdrew their access request for ${where}` : `gave up their access to ${where}`,
      data: { repo: { id, type, name: `${namespace}/${name}` }, before: { status: before.state }, after: null },
      scope: permit.org?.id ?? 'instance',
    })
    return { success: true }
  })
}
