// What git clients send, written by hand, so that it can be wrong in every way.
import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'

export const none = '0'.repeat(40)

/** One packet of gitprotocol-common. */
export function packet(text: string | Buffer): Buffer {
  const body = Buffer.from(text)
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, '0')), body])
}

export const flush = Buffer.from('0000')

export interface Command {
  from: string
  to: string
  ref: string
}

/** The commands of a push, without its pack. */
export function commands(
  list: readonly Command[],
  capabilities = 'report-status side-band-64k agent=git/2.39',
): Buffer {
  const lines = list.map(({ from, to, ref }, index) =>
    packet(`${from} ${to} ${ref}${index === 0 ? `\0 ${capabilities}` : ''}`),
  )
  return Buffer.concat([...lines, flush])
}

const numbers = { commit: 1, tree: 2, blob: 3, tag: 4, reserved: 5, delta: 7 }

export interface Entry {
  type: keyof typeof numbers
  data: Buffer
  /** Of a delta: what it is applied to. */
  base?: string
  /** The size that is told, where it is to be a lie. */
  told?: number
}

/** A pack with these objects, and the checksum it should have. */
export function pack(entries: readonly Entry[], count: number = entries.length): Buffer {
  const head = Buffer.alloc(12)
  head.write('PACK')
  head.writeUInt32BE(2, 4)
  head.writeUInt32BE(count, 8)
  const body = Buffer.concat([head, ...entries.flatMap(entryBytes)])
  return Buffer.concat([body, createHash('sha1').update(body).digest()])
}

function entryBytes({ type, data, base, told = data.length }: Entry): Buffer[] {
  const head: number[] = [(numbers[type] << 4) | (told % 16)]
  for (let rest = Math.floor(told / 16); rest > 0; rest = Math.floor(rest / 128)) {
    head[head.length - 1] = (head.at(-1) ?? 0) | 0x80
    head.push(rest % 128)
  }
  return [
    Buffer.from(head),
    Buffer.from(base ?? '', 'hex'),
    deflateSync(data, { level: data.length > 1_000_000 ? 0 : 6 }),
  ]
}

/** The id of an object. */
export function idOf(type: string, data: Buffer): string {
  return createHash('sha1').update(`${type} ${data.length}\0`).update(data).digest('hex')
}

/** A delta that says its base so many times over. */
export function repeated(baseSize: number, times: number): Buffer {
  const most = 0xffff00
  const once: Buffer[] = []
  for (let from = 0; from < baseSize; from += most) {
    const copy = Buffer.alloc(8)
    copy.writeUInt8(0xff)
    copy.writeUInt32LE(from, 1)
    copy.writeUIntLE(Math.min(most, baseSize - from), 5, 3)
    once.push(copy)
  }
  const copies = Array.from({ length: times }, () => once).flat()
  return Buffer.concat([varint(baseSize), varint(baseSize * times), ...copies])
}

/** A file, as git keeps it. */
export function blob(content: string | Buffer): Entry {
  return { type: 'blob', data: Buffer.from(content) }
}

/** A folder, in the order and with the modes and names that are given. */
export function tree(entries: readonly { mode: string; name: string | Buffer; id: string }[]): Entry {
  const data = entries.flatMap(({ mode, name, id }) => [
    Buffer.from(`${mode} `),
    Buffer.from(name),
    Buffer.from([0]),
    Buffer.from(id, 'hex'),
  ])
  return { type: 'tree', data: Buffer.concat(data) }
}

const who = 'wes <wes@example.org> 1700000000 +0000'

/** A commit of a folder. */
export function commitOf(treeId: string, parent?: string, lines = `author ${who}\ncommitter ${who}\n`): Entry {
  const text = `tree ${treeId}\n${parent ? `parent ${parent}\n` : ''}${lines}\nan attack\n`
  return { type: 'commit', data: Buffer.from(text) }
}

/** The id of an entry that is no delta. */
export function entryId({ type, data }: Entry): string {
  return idOf(type, data)
}

/** A push of these objects that makes a branch lead to the last of them. */
export function pushOf(entries: readonly Entry[], ref = 'refs/heads/attack'): Buffer {
  const tip = entries.at(-1)
  if (tip === undefined) throw new Error('a push brings something')
  return Buffer.concat([commands([{ from: none, to: entryId(tip), ref }]), pack(entries)])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) | 0x80)
  }
}
