import { type LookupAddress, lookup as lookupName } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Whether an address may be called: a public one over HTTPS, and one in the networks that the operator allows over HTTP
 * too. An address of IPv4 is one however it is written.
 */
export function mayCall(address: string, protocol: string, allowed: readonly string[]): boolean {
  const plain = ipaddr.process(address.replace(/%.*$/, ''))
  if (allowed.some((network) => isIn(plain, network))) return true
  return protocol === 'https:' && plain.range() === 'unicast'
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [base, prefix] = network.includes('/') ? ipaddr.parseCIDR(network) : [ipaddr.parse(network), undefined]
  return base.kind() === address.kind() && address.match(base, prefix ?? (base.kind() === 'ipv6' ? 128 : 32))
}

/** Looks a name up for one connection, and answers only addresses that may be called; fails with the refusal where none may. */
export function checkedLookup(may: (address: string) => boolean, refusal: Error): LookupFunction {
  return (hostname, options, answer) => {
    lookupName(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return answer(error, [])
      const [first, ...others] = found.filter(({ address }) => may(address))
      if (first === undefined) return answer(refusal, [])
      if (options.all) return answer(null, [first, ...others])
      return answer(null, first.address, first.family)
    })
  }
}
