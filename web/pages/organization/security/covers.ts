/** Whether an IP address is in a network in CIDR notation; false where either can't be read. */
export function covers(network: string, address: string): boolean {
  const [base = '', prefix = ''] = network.split('/')
  const [known, asked] = [bitsOf(base), bitsOf(address)]
  if (known === undefined || asked?.length !== known.length || !/^\d+$/.test(prefix)) return false
  const length = Number(prefix)
  return length <= known.length && known.slice(0, length) === asked.slice(0, length)
}

function bitsOf(address: string): string | undefined {
  const isOld = !address.includes(':')
  const groups = isOld ? address.split('.') : groupsOf(address)
  const [count, most, base, width] = isOld ? [4, 255, 10, 8] : [8, 65_535, 16, 16]
  const digits = isOld ? /^\d{1,3}$/ : /^[\da-f]{1,4}$/i
  if (groups.length !== count || !groups.every((group) => digits.test(group) && Number.parseInt(group, base) <= most))
    return undefined
  return groups.map((group) => Number.parseInt(group, base).toString(2).padStart(width, '0')).join('')
}

// The groups of an IPv6 address, with the zeros that `::` stands for.
function groupsOf(address: string): string[] {
  const [front = '', back] = address.split('::')
  const [before, after] = [front, back ?? ''].map((part) => part.split(':').filter((group) => group !== ''))
  if (back === undefined) return before ?? []
  const missing = 8 - (before?.length ?? 0) - (after?.length ?? 0)
  return [...(before ?? []), ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...(after ?? [])]
}
