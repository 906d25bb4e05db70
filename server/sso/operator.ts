import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { HubError } from '../kernel/errors.ts'
import { type Db, transaction } from '../store/database.ts'
import { lockSsoMode, setSsoMode } from './config-store.ts'

/** Stops enforcing SSO, as operator: for an organization whose identity provider is gone. */
export async function relaxSso(
  db: Db,
  permit: Permit<'operator.relaxSso'>,
  { reason }: InputOf<typeof api.sso.relaxSso>,
): Promise<ResultOf<typeof api.sso.relaxSso>> {
  const org = permit.facts.org
  if (org === undefined || org.deletedAt !== null) throw new HubError('NotFound', 'Organization not found')
  return transaction(db, async (tx) => {
    await recheck(tx, permit, { requirements: true })
    const mode = await lockSsoMode(tx, org.id)
    if (mode !== 'enforced') return { mode }
    await setSsoMode(tx, org.id, 'optional')
    const message = `stopped enforcing SSO as a site admin: ${reason}`
    await record(tx, permit, {
      type: 'org.settings.sso.disable',
      message,
      data: { reason, before: { mode }, after: { mode: 'optional' } },
      scope: org.id,
    })
    return { mode: 'optional' as const }
  })
}
