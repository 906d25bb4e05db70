import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { AddressRules } from '../access/address-rules.ts'
import type { Permit } from '../access/permit.ts'
import type { Db } from '../store/database.ts'
import { updateSettings } from './settings.ts'

type NetworkSecurity = typeof api.networkSecurity

/** What the contract also names, and this server does not offer. */
const notOffered = {
  enforceAuth: false,
  highRateLimits: false,
  blockedContents: [],
  allowedContents: [],
  keepReposMetadataVisible: false,
}

function shown({ enforceIpRestriction, ipRanges }: AddressRules): api.networkSecurity.NetworkSecurity {
  return { ...notOffered, enforceIpRestriction, ipRanges }
}

/** Shows from which networks roles in the organization count. */
export async function getNetworkSecurity(
  _db: Db,
  { org }: Permit<'org.viewSettings'>,
): Promise<ResultOf<NetworkSecurity['getNetworkSecurity']>> {
  return shown(org)
}

/** Sets them, as a change of settings. */
export async function updateNetworkSecurity(
  db: Db,
  permit: Permit<'org.updateSettings'>,
  { org, dryRun, enforceIpRestriction, ipRanges }: InputOf<NetworkSecurity['updateNetworkSecurity']>,
): Promise<ResultOf<NetworkSecurity['updateNetworkSecurity']>> {
  return shown(await updateSettings(db, permit, { org, dryRun, enforceIpRestriction, ipRanges }))
}
