import { isIPv4, isIPv6 } from 'node:net'

/** An address as it is written: one of IPv4 is that, also where it came over IPv6, and none has a zone. */
export function bareAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}

/** The network of an address, /24 or /64: one that has a network has all of its addresses. Anything else as it is. */
export function networkOf(address: string): string {
  const plain = bareAddress(address)
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`
  if (!isIPv6(plain)) return address
  // The host of an address is written in one way only: in hexadecimal, without zeros in front
  const [front = '', back] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [front, back ?? ''].map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = back === undefined ? 0 : 8 - (before?.length ?? 0) - (after?.length ?? 0)
  const groups = [...(before ?? []), ...Array.from({ length: zeros }, () => '0'), ...(after ?? [])]
  return `${groups.slice(0, 4).join(':')}::/64`
}
