import { writeFileSync } from 'node:fs'

// Writes small databases in the MaxMind DB format: https://maxmind.github.io/MaxMind-DB/

const separatorBytes = 16
const marker = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex')

type Value = string | number | bigint | { [key: string]: Value } | Value[]
type Branch = [Branch | number | undefined, Branch | number | undefined]

/** Writes a database: networks in CIDR notation, each with what is known of it. */
export function writeMmdb(path: string, networks: Record<string, Value>, ipVersion: 4 | 6 = 6): void {
  const root: Branch = [undefined, undefined]
  const data: Buffer[] = []
  for (const [network, value] of Object.entries(networks)) {
    const offset = data.reduce((sum, { length }) => sum + length, 0)
    data.push(encode(value))
    plant(root, bitsOf(network, ipVersion), offset)
  }
  const tree = treeOf(root)
  const about = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_790_000_000n,
    database_type: 'Test-Country',
    description: { en: 'Countries of a test' },
    ip_version: ipVersion,
    languages: ['en'],
    node_count: tree.length / 6,
    record_size: 24,
  }
  writeFileSync(path, Buffer.concat([tree, Buffer.alloc(separatorBytes), ...data, marker, encode(about)]))
}

function bitsOf(network: string, ipVersion: 4 | 6): number[] {
  const [address = '', prefix = ''] = network.split('/')
  const isOld = address.includes('.')
  const bytes = isOld ? address.split('.').map(Number) : bytesOf(address)
  // Addresses of IPv4 stand under ::/96
  const whole = isOld && ipVersion === 6 ? [...Array.from({ length: 12 }, () => 0), ...bytes] : bytes
  const length = Number(prefix) + (isOld && ipVersion === 6 ? 96 : 0)
  return whole.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => (byte >> bit) & 1)).slice(0, length)
}

function bytesOf(address: string): number[] {
  const [front = '', back = ''] = address.split('::')
  const [before, after] = [front, back].map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - (before?.length ?? 0) - (after?.length ?? 0) }, () => '0')
  const groups = [...(before ?? []), ...zeros, ...(after ?? [])].map((group) => Number.parseInt(group, 16))
  return groups.flatMap((group) => [group >> 8, group & 255])
}

function plant(root: Branch, bits: number[], offset: number): void {
  let at = root
  for (const bit of bits.slice(0, -1) as (0 | 1)[]) {
    const next = at[bit]
    const made: Branch = Array.isArray(next) ? next : [undefined, undefined]
    at[bit] = made
    at = made
  }
  at[bits.at(-1) as 0 | 1] = offset
}

function treeOf(root: Branch): Buffer {
  const nodes: Branch[] = []
  const collect = (branch: Branch) => {
    nodes.push(branch)
    for (const next of branch) if (Array.isArray(next)) collect(next)
  }
  collect(root)
  const place = new Map(nodes.map((node, index) => [node, index]))
  const record = (next: Branch[number]) => {
    if (Array.isArray(next)) return place.get(next) ?? 0
    return next === undefined ? nodes.length : nodes.length + separatorBytes + next
  }
  const tree = Buffer.alloc(nodes.length * 6)
  for (const [index, [left, right]] of nodes.entries()) {
    tree.writeUIntBE(record(left), index * 6, 3)
    tree.writeUIntBE(record(right), index * 6 + 3, 3)
  }
  return tree
}

// A byte with the type and the size, and the value; a type above 7 is in a second byte.
function encode(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([Buffer.from([(2 << 5) | value.length]), Buffer.from(value)])
  if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64BE(value)
    return Buffer.concat([Buffer.from([8, 9 - 7]), bytes])
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([Buffer.from([(6 << 5) | 4]), bytes])
  }
  if (Array.isArray(value)) return Buffer.concat([Buffer.from([value.length, 11 - 7]), ...value.map(encode)])
  const entries = Object.entries(value)
  return Buffer.concat([
    Buffer.from([(7 << 5) | entries.length]),
    ...entries.flatMap(([key, one]) => [encode(key), encode(one)]),
  ])
}
