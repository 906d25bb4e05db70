import type * as api from '../../../api/index.ts'
import type { ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { type Db, transaction } from '../../store/database.ts'
import { raiseGenerations } from './xet-store.ts'

/** Has clients forget what they uploaded to any repository: what they send next does not rest on what is here. */
export async function resetXet(
  db: Db,
  permit: Permit<'operator.resetXet'>,
): Promise<ResultOf<typeof api.xet.resetXet>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const repositories = await raiseGenerations(tx)
    const message = `reset uploads by Xet of ${repositories} repositories`
    await record(tx, permit, { type: 'repo.reset_xet', message, data: { repositories }, scope: 'instance' })
    return { repositories }
  })
}
