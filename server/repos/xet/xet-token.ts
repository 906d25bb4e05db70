import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { HubError } from '../../kernel/errors.ts'
import type { InstanceKey } from '../../kernel/secret.ts'
import { casName, signCasToken } from '../../lfs/xet/tokens.ts'
import type { Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import type { XetUpload } from '../lfs/lfs-batch.ts'
import { shownBy } from '../lfs/lfs-links.ts'
import { refusePullRequest } from '../registry/branch-head.ts'
import { findGeneration } from './xet-store.ts'

/** What tokens are made with, and whether clients may use Xet at all. */
export interface XetDoor {
  key: InstanceKey
  links: Links
  isOffered: boolean
}

/** Gives the address and the token for uploads to a repository. */
export async function xetWriteToken(
  db: Db,
  permit: Permit<'repo.write'>,
  input: InputOf<typeof api.xet.xetWriteToken>,
  door: XetDoor,
): Promise<ResultOf<typeof api.xet.xetWriteToken>> {
  refusePullRequest(input.create_pr)
  return tokenFor(db, permit, door, { mayWrite: true })
}

/** Gives the address and the token for downloads from it, to everyone who may read its files. */
export async function xetReadToken(
  db: Db,
  permit: Permit<'repo.read'>,
  _input: InputOf<typeof api.xet.xetReadToken>,
  door: XetDoor,
): Promise<ResultOf<typeof api.xet.xetReadToken>> {
  return tokenFor(db, permit, door, { mayWrite: false })
}

/** Where a client of LFS that asks for Xet uploads to. */
export async function xetUpload(db: Db, permit: Permit<'repo.write'>, door: XetDoor): Promise<XetUpload> {
  const { type, namespace, name } = permit.repo
  const { headers } = await tokenFor(db, permit, door, { mayWrite: true })
  const href = `${door.links.publicUrl}/api/${type}s/${namespace}/${name}/xet-write-token/main`
  return { href, header: headers }
}

async function tokenFor(
  db: Db,
  { actor, repo }: Permit<'repo.read'> | Permit<'repo.write'>,
  { key, links, isOffered }: XetDoor,
  { mayWrite }: { mayWrite: boolean },
): Promise<ResultOf<typeof api.xet.xetWriteToken>> {
  if (!isOffered)
    throw new HubError('NotFound', 'Xet is turned off. Set HF_HUB_DISABLE_XET=1, and large files use LFS.')
  const claims = {
    ...{ repoId: repo.id, generation: (await findGeneration(db, repo.id)) ?? 1, mayWrite },
    ...shownBy(actor),
  }
  const { token, expires } = signCasToken(key, claims)
  const casUrl = `${links.publicUrl}/xet/${casName(claims)}`
  return {
    reply: { casUrl, accessToken: token, exp: expires },
    // Clients read these for downloads, and the body for uploads
    headers: {
      'X-Xet-Cas-Url': casUrl,
      'X-Xet-Access-Token': token,
      'X-Xet-Token-Expiration': String(expires),
    },
  }
}
