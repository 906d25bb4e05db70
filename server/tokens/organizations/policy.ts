import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { now } from '../../kernel/clock.ts'
import type { Links } from '../../mail/links.ts'
import { changeSettings } from '../../orgs/settings.ts'
import { type Db, transaction } from '../../store/database.ts'
import { listBroken } from './reach-store.ts'
import { orgTokensOf } from './reply.ts'

type OrgTokens = typeof api.orgTokens

const mostListed = 100

/** Shows which tokens the organization accepts. */
export async function getTokenPolicy(
  _db: Db,
  { org: { tokenPolicy, tokenMaxLifetimeDays } }: Permit<'org.viewSettings'>,
): Promise<ResultOf<OrgTokens['getTokenPolicy']>> {
  return { tokenPolicy, tokenMaxLifetimeDays }
}

/** Sets which tokens the organization accepts, from the next request on, and lists those that stop working. */
export async function setTokenPolicy(
  db: Db,
  permit: Permit<'org.updateSettings'>,
  { tokenPolicy, tokenMaxLifetimeDays, dryRun = false }: InputOf<OrgTokens['setTokenPolicy']>,
  links: Links,
): Promise<ResultOf<OrgTokens['setTokenPolicy']>> {
  const rules = { tokenPolicy, tokenMaxLifetimeDays }
  return transaction(
    db,
    async (tx) => {
      const { org } = await recheck(tx, permit, { requirements: true })
      const { rows, count } = await listBroken(tx, { orgId: org.id, at: now(), rules, most: mostListed })
      const tokens = await orgTokensOf(tx, org, rows, { links, rules })
      await changeSettings(tx, permit, { ...rules, dryRun })
      return { ...rules, dryRun, affected: { count, tokens } }
    },
    { dryRun },
  )
}
