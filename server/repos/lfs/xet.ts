import type * as api from '../../../api/index.ts'
import type { ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { HubError } from '../../kernel/errors.ts'
import type { Db } from '../../store/database.ts'

const remedy = 'set HF_HUB_DISABLE_XET=1 and upload again. Large files then use LFS.'

/** What people are told whose client may send a file by Xet. */
export const xetWarning = `Xet is not supported. If the upload fails with xet-write-token, ${remedy}`

/** Refuses the token that a client would need for Xet storage, saying what to set instead. */
export async function refuseXet(
  _db: Db,
  _permit: Permit<'repo.write'>,
): Promise<ResultOf<typeof api.commits.xetWriteToken>> {
  throw new HubError('NotImplemented', `Xet is not supported. To upload, ${remedy}`)
}
