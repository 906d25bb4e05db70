import type * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { requeueMail } from '../mail/outbox.ts'
import { type Db, transaction } from '../store/database.ts'
import { instanceScope, record } from './record.ts'

/** Queues a failed or kept mail once more. Stands here because mail, which every room writes, cannot record. */
export async function retryMail(
  db: Db,
  permit: Permit<'operator.retryMail'>,
  input: api.InputOf<typeof api.operator.retryMail>,
): Promise<api.ResultOf<typeof api.operator.retryMail>> {
  await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const { to, subject } = await requeueMail(tx, input.id)
    const message = `queued the mail ${input.id} to ${to} once more`
    await record(tx, permit, {
      type: 'operator.retry_mail',
      message,
      data: { mail: input.id, to, subject },
      scope: instanceScope,
    })
  })
  return { success: true }
}
