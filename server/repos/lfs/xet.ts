import type * as api from '../../../api/index.ts'
import type { ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { HubError } from '../../kernel/errors.ts'
import type { Db } from '../../store/database.ts'

/** What people are told whose client would send a file by Xet. */
export const xetSentence =
  'This hub does not speak Xet. Set HF_HUB_DISABLE_XET=1 and upload again; large files then go through LFS.'

/** Refuses the token that a client would need for Xet storage, saying what to set instead. */
export async function refuseXet(
  _db: Db,
  _permit: Permit<'repo.write'>,
): Promise<ResultOf<typeof api.commits.xetWriteToken>> {
  throw new HubError('NotImplemented', xetSentence)
}
