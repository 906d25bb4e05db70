import type * as api from '../../api/index.ts'
import type { ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { instanceScope, record } from '../audit/record.ts'
import { minuteSeconds, secondsFromNow } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import { randomText } from '../kernel/secret.ts'
import type { KeyFile, KeyRing } from '../keys/instance-key.ts'
import { type Db, transaction } from '../store/database.ts'
import { hasOthers } from '../store/processes.ts'
import { resealAll } from '../store/sealed.ts'

/** What it takes to rotate the key of the instance. */
export interface Rotation {
  key: KeyRing
  /** Undefined where the key is set in the environment. */
  file: KeyFile | undefined
  processId: string
  /** Enters the process again, under the key that it has now. */
  enter(): Promise<void>
}

const secretLength = 64
// Longer than any request that sealed something before, and than signed links live
const overlapSeconds = 15 * minuteSeconds

/**
 * Makes a new key, and seals everything again with it. Both keys are valid until a job drops the old one, also after a
 * restart. Only where the key is in a file, and this process alone has it.
 */
export async function rotateKey(
  db: Db,
  permit: Permit<'operator.rotateKey'>,
  _input: unknown,
  rotation: Rotation,
): Promise<ResultOf<typeof api.operator.rotateKey>> {
  const { key, file, processId } = rotation
  if (file === undefined || (await hasOthers(db, processId))) throw elsewhere()
  if (key.formerHeader !== undefined)
    throw new HubError('Conflict', 'The key is already being rotated. Try again later.')
  const before = key.fingerprint
  const next = randomText(secretLength)
  file.replace(next)
  key.turnTo(next)
  await rotation.enter()
  const resealed = await finishRotation(db, rotation)
  const message = 'rotated the secret key of the instance'
  const data = { before, after: key.fingerprint, resealed }
  await transaction(db, (tx) =>
    record(tx, permit, { type: 'instance.rotate_key', message, data, scope: instanceScope }),
  )
  return { fingerprint: key.fingerprint, resealed }
}

function elsewhere(): HubError {
  return new HubError(
    'Conflict',
    'The key is set in the environment, or several processes use this database. Restart every process with the new key as GUILDHALL_SECRET_KEY and the old key as GUILDHALL_PREVIOUS_SECRET_KEY.',
  )
}

/**
 * Seals again with the present key what the key before sealed; answers how many values there were. Where the key is in a
 * file, the one before is dropped once nothing and no request needs it. Does nothing when no rotation is under way.
 */
export async function finishRotation(db: Db, { key, file }: Rotation): Promise<number> {
  if (key.formerHeader === undefined) return 0
  const resealed = await resealAll(db, key)
  if (resealed > 0) log.info({ resealed }, 'sealed again with the new secret key')
  if (resealed > 0 || file === undefined || key.presentSince > secondsFromNow(-overlapSeconds)) return resealed
  key.dropFormer()
  file.dropPrevious()
  log.info('dropped the old secret key')
  return 0
}
