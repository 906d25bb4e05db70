import { Readable } from 'node:stream'
import type * as api from '../../../api/index.ts'
import type { InputOf, RawReply, RawRequest } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { HubError } from '../../kernel/errors.ts'
import type { Stage } from '../../lfs/xet/stage.ts'
import { largestXorb } from '../../lfs/xet/xorb.ts'
import type { Arriving } from '../../shares/arriving.ts'
import { paced } from '../../shares/pace.ts'
import { openSlots } from '../../shares/slots.ts'
import { type Db, transaction } from '../../store/database.ts'
import { allowanceOf, storageOwnerOf } from '../storage/limit.ts'
import { asCas, casReply } from './xet-replies.ts'
import { insertXorb, touchXorbs } from './xet-store.ts'
import { checkedXorb } from './xet-threads.ts'

type Xet = typeof api.xet
type Writing = Permit<'repo.write'>

interface XorbServices {
  stage: Stage
  arriving: Arriving
}

// Clients send up to 64 at once, each with some megabytes in memory here. The others wait in their own share.
const places = openSlots({
  places: 64,
  share: { held: 16, waiting: 200 },
  mostWaiting: 1000,
  longestWaitMs: 600_000,
})

/** Says whether a repository has a xorb, so that it need not be sent; `404` if it has to be. */
export async function grantXorb(db: Db, permit: Writing, { xorb }: InputOf<Xet['grantXorb']>): Promise<RawReply> {
  requireHash(xorb)
  if ((await touchXorbs(db, permit.repo.id, [xorb])).has(xorb)) return casReply({})
  throw new HubError('NotFound', 'This xorb is not here. Send it.')
}

/** Takes a xorb: all of it is checked before it counts. One that is there stays as it is. */
export async function uploadXorb(
  db: Db,
  permit: Writing,
  { xorb, raw }: InputOf<Xet['uploadXorb']>,
  { stage, arriving }: XorbServices,
): Promise<RawReply> {
  requireHash(xorb)
  const bytes = lengthOf(raw)
  const repoId = permit.repo.id
  if ((await touchXorbs(db, repoId, [xorb])).has(xorb)) return casReply({ was_inserted: false })
  const owner = storageOwnerOf(permit)
  const leave = await places.enter()
  const release = arriving.hold(owner.id, bytes)
  try {
    ;(await allowanceOf(db, owner)).ask(arriving.of(owner.id))
    const staged = await stage.receive(repoId, paced(keptOpen(raw), pace), bytes)
    const isNew = await enter(db, permit, { stage, xorb, staged, bytes }).catch(async (error) => {
      await stage.remove(repoId, staged)
      throw error
    })
    if (!isNew) await stage.remove(repoId, staged)
    return casReply({ was_inserted: isNew })
  } catch (error) {
    throw raw.signal.aborted && !(error instanceof HubError) ? interrupted() : asCas(error)
  } finally {
    release()
    leave()
  }
}

async function enter(
  db: Db,
  permit: Writing,
  { stage, xorb, staged, bytes }: { stage: Stage; xorb: string; staged: string; bytes: number },
): Promise<boolean> {
  const repoId = permit.repo.id
  const { hash, chunks } = await checkedXorb(stage.fileOf(repoId, staged))
  if (hash !== xorb) throw new HubError('BadRequest', `This xorb has the hash ${hash}, not ${xorb}.`)
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    return insertXorb(tx, { repoId, hash, chunks, staged, bytes })
  })
}

// Clients send many at once, also over a slow line: one of 64 MiB may take more than an hour
const pace = { graceMs: 60_000, bytesPerSecond: 16 * 1024 }

function requireHash(text: string): void {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new HubError('BadRequest', 'A hash has 64 digits in lowercase hexadecimal.')
}

function lengthOf({ headers }: RawRequest): number {
  const length = Number(headers['content-length'])
  if (!Number.isSafeInteger(length)) throw new HubError('BadRequest', 'Content-Length is missing.', { status: 411 })
  if (length > largestXorb)
    throw new HubError('PayloadTooLarge', `This xorb has ${length} bytes. At most ${largestXorb} are allowed.`)
  return length
}

// Who sends what is refused is to hear so: a body that is left in the middle would take its connection along.
function keptOpen({ body }: RawRequest): AsyncIterable<Uint8Array> {
  return body instanceof Readable ? body.iterator({ destroyOnReturn: false }) : body
}

function interrupted(): HubError {
  return new HubError('BadRequest', 'The upload was interrupted.')
}
