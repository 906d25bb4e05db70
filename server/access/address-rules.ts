import { BlockList, isIP, isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { OrgSettings, Withheld } from '../../api/index.ts'
import { bareAddress } from '../shares/network.ts'

/** What an organization judges the address of a request by. */
export type AddressRules = Pick<OrgSettings, 'enforceIpRestriction' | 'ipRanges'>

/** The address of a request as ranges are written: one of IPv4 is that, also where it came over IPv6. Undefined if it is none. */
export function plainAddress(address: string | undefined): string | undefined {
  const plain = bareAddress(address ?? '')
  return isIP(plain) === 0 ? undefined : plain
}

/**
 * The reason why an organization does not let a request in from where it comes; `acceptsAddress` says the same in SQL.
 * Without an address, a person is asked about and not a request: nothing is withheld.
 */
export function unmetByAddress(address: string | undefined, rules: AddressRules): Withheld[] {
  const isKept = rules.enforceIpRestriction && address !== undefined && !isWithin(address, rules.ipRanges)
  return isKept ? ['ip'] : []
}

// Made once for a list of ranges: an organization has one, and every request from an address is judged by it
const kept = new LRUCache<string, BlockList>({ max: 1000 })

/** Whether a plain address is in one of these networks, each in CIDR notation. */
function isWithin(address: string, ranges: readonly string[]): boolean {
  if (address === '') return false
  const family = familyOf(address)
  const key = `${family} ${ranges.join(' ')}`
  const networks = kept.get(key) ?? networksOf(ranges, family)
  kept.set(key, networks)
  return networks.check(address, family)
}

// A list would find addresses of IPv4 in networks of IPv6, as the database does not: of one family only.
function networksOf(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const networks = new BlockList()
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/')
    if (familyOf(network) === family) networks.addSubnet(network, Number(prefix), family)
  }
  return networks
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
