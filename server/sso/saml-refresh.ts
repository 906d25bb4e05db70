import { systemAuthor } from '../access/author.ts'
import { record } from '../audit/record.ts'
import { daySeconds, secondsFromNow } from '../kernel/clock.ts'
import { log } from '../kernel/log.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { type Db, transaction } from '../store/database.ts'
import { newSaml } from './saml-config.ts'
import { fetchMetadata } from './saml-metadata.ts'
import { findSaml, listStale, updateFetched } from './saml-store.ts'

const mostInOneRun = 200

/** Fetches metadata that is older than a day again. What cannot be fetched is tried again by the next run. */
export async function refreshStaleMetadata(db: Db, outbound: Outbound): Promise<void> {
  for (const { orgId } of await listStale(db, secondsFromNow(-daySeconds), mostInOneRun))
    await refresh(db, outbound, orgId).catch((error: unknown) =>
      log.warn({ orgId, cause: error instanceof Error ? error.message : undefined }, 'SAML metadata was not refreshed'),
    )
}

async function refresh(db: Db, outbound: Outbound, orgId: string): Promise<void> {
  const before = await findSaml(db, orgId)
  if (!before?.metadataUrl) return
  const provider = await fetchMetadata(outbound, before.metadataUrl)
  const saml = newSaml(provider, before.metadataUrl)
  const isSame =
    before.ssoUrl === saml.ssoUrl && String(before.pems) === String(saml.certificates.map(({ pem }) => pem))
  await transaction(db, async (tx) => {
    if (!(await updateFetched(tx, orgId, saml))) throw new Error('the metadata is of another identity provider')
    if (isSame) return
    const data = {
      entityId: provider.entityId,
      certificates: provider.certificates.map(({ fingerprint }) => fingerprint),
    }
    const message = `fetched new certificates or addresses of ${provider.entityId}`
    await record(tx, { ...systemAuthor, org: { id: orgId } }, { type: 'org.settings.sso', message, data })
  })
}
