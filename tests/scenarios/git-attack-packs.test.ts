// Packs that are cut off, that lie, that grow beyond all measure, or that hold what git would trip over later.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import {
  blob,
  commands,
  commitOf,
  type Entry,
  entryId,
  none,
  pack,
  pushOf,
  repeated,
  tree,
} from '../attacks/packets.ts'
import { makeTarget } from '../attacks/place.ts'
import type { Reply } from '../hub.ts'

const { name, wes, head, wire, push, watch, git } = await makeTarget()

const file = blob(randomBytes(20_000))
const folder = tree([{ mode: '100644', name: 'a.bin', id: entryId(file) }])
const commit = commitOf(entryId(folder), head)

test('a sound pack written by hand is taken: what follows fails for its own reasons', async () => {
  const reply = await push(pushOf([file, folder, commit], 'refs/heads/fine'))
  assert.match(String(reply.body), /unpack ok.*ok refs\/heads\/fine/s)
  const gone = commands([{ from: entryId(commit), to: none, ref: 'refs/heads/fine' }])
  assert.match(String((await push(gone)).body), /ok refs\/heads\/fine/)
})

test('a pack that is cut off or damaged brings nothing', async () => {
  const check = watch()
  const fresh = blob(randomBytes(50_000))
  const inside = tree([{ mode: '100644', name: 'b.bin', id: entryId(fresh) }])
  const tip = commitOf(entryId(inside), head)
  const list = commands([{ from: none, to: entryId(tip), ref: 'refs/heads/attack' }])
  const whole = pack([fresh, inside, tip])
  const flipped = Buffer.from(whole)
  flipped[30_000] = (flipped[30_000] ?? 0) ^ 0xff
  const packs: Record<string, Buffer> = {
    nothing: Buffer.alloc(0),
    'half a head': whole.subarray(0, 6),
    'a head': whole.subarray(0, 12),
    half: whole.subarray(0, whole.length / 2),
    'all but one byte': whole.subarray(0, -1),
    'no checksum': whole.subarray(0, -20),
    'another checksum': Buffer.concat([whole.subarray(0, -1), Buffer.from([(whole.at(-1) ?? 0) ^ 1])]),
    'one byte flipped': flipped,
    'another version': Buffer.concat([whole.subarray(0, 7), Buffer.from([9]), whole.subarray(8)]),
    'too many announced': pack([fresh, inside, tip], 4),
    'too few announced': pack([fresh, inside, tip], 2),
    'billions announced': pack([fresh, inside, tip], 0xffffffff),
    'without the folder': pack([fresh, tip]),
    'without the file': pack([inside, tip]),
    'of a kind that is none': pack([fresh, inside, tip, { type: 'reserved', data: Buffer.from('x') }]),
    'a difference to nothing': pack([
      fresh,
      inside,
      tip,
      { type: 'delta', data: repeated(10, 2), base: 'ab'.repeat(20) },
    ]),
    'a difference beyond its base': pack([
      fresh,
      inside,
      tip,
      { type: 'delta', data: repeated(90_000, 1), base: entryId(fresh) },
    ]),
    'a size too small': pack([{ ...fresh, told: 10 }, inside, tip]),
    'a size too large': pack([{ ...fresh, told: 1e9 }, inside, tip]),
    'a size beyond measure': pack([{ ...fresh, told: 2 ** 52 }, inside, tip]),
  }
  for (const [what, bytes] of Object.entries(packs)) refused(await push(Buffer.concat([list, bytes])), what)
  check()
})

test('a pack that grows beyond all measure is stopped in time, whichever way git unpacks it', async () => {
  const check = watch()
  const base = blob(Buffer.alloc(65_536, 'x'))
  const larger = blob(Buffer.alloc(65_536 * 64, 'x'))
  const bomb: Entry[] = [
    base,
    { type: 'delta', data: repeated(65_536, 64), base: entryId(base) },
    { type: 'delta', data: repeated(65_536 * 64, 4096), base: entryId(larger) },
  ]
  const inside = tree([{ mode: '100644', name: 'b.bin', id: entryId(base) }])
  const tip = commitOf(entryId(inside), head)
  const list = commands([{ from: none, to: entryId(tip), ref: 'refs/heads/attack' }])
  const filling = Array.from({ length: 200 }, () => blob(randomBytes(10)))
  for (const entries of [bomb, [...bomb, ...filling]]) {
    const began = performance.now()
    refused(await push(Buffer.concat([list, pack([...entries, inside, tip])])), 'a bomb')
    assert.ok(performance.now() - began < 120_000)
  }
  assert.equal((await wire(wes, 'GET', `/${name}/raw/main/README.md`)).status, 200)
  check()
})

test('folders with names that lead elsewhere, or that git would trip over, are not taken', async () => {
  const check = watch()
  const [small, other] = [blob('x'), blob('y')]
  const id = entryId(small)
  const inner = tree([{ mode: '100644', name: 'config', id }])
  const one = (mode: string, named: string | Buffer): Entry[] => {
    const entry = { mode, name: named, id: mode.endsWith('40000') ? entryId(inner) : id }
    return [small, inner, tree([entry])]
  }
  const folders: Record<string, Entry[]> = {
    ...Object.fromEntries(
      [
        '..',
        '.',
        '.git',
        '.GIT',
        '.Git',
        'git~1',
        'GIT~1',
        '.git ',
        '.git.',
        '.git::$INDEX_ALLOCATION',
        '.g\u200cit',
      ].map((named) => [`a folder ${named}`, one('40000', named)]),
    ),
    'no name': one('100644', ''),
    'a path as a name': one('100644', '../x'),
    'an absolute path as a name': one('100644', '/etc/passwd'),
    'a backslash': one('100644', '..\\x'),
    'a line break': one('100644', 'a\nb'),
    'no text': one('100644', Buffer.from([0xff, 0xfe])),
    'a long name': one('100644', 'x'.repeat(5000)),
    'a mode with a nought before it': one('040000', 'x'),
    'a mode that is none': one('177777', 'x'),
    'a mode of a device': one('20000', 'x'),
    'a mode for everybody': one('100777', 'x'),
    'the same name twice': [
      small,
      tree([
        { mode: '100644', name: 'x', id },
        { mode: '100644', name: 'x', id },
      ]),
    ],
    'another order': [
      small,
      tree([
        { mode: '100644', name: 'y', id },
        { mode: '100644', name: 'x', id },
      ]),
    ],
    'an end in the middle': [small, { type: 'tree', data: Buffer.from('100644 x\0short') }],
    'a file as a folder': [small, other, tree([{ mode: '40000', name: 'x', id }])],
  }
  for (const [what, entries] of Object.entries(folders)) {
    const root = entries.at(-1)
    if (root) refused(await push(pushOf([...entries, commitOf(entryId(root), head)])), what)
  }
  check()
})

test('links that lead elsewhere, and files that give git orders, are not taken', async () => {
  const check = watch()
  const link = (named: string, to: string): Entry[] => [
    blob(to),
    tree([{ mode: '120000', name: named, id: entryId(blob(to)) }]),
  ]
  const plain = (named: string, content: string): Entry[] => [
    blob(content),
    tree([{ mode: '100644', name: named, id: entryId(blob(content)) }]),
  ]
  const submodule = (url: string, more = '') => `[submodule "x"]\n\tpath = x\n\turl = ${url}\n${more}`
  const cases: Record<string, Entry[]> = {
    'an absolute link': link('x', '/etc/passwd'),
    'a link up': link('x', '../x'),
    'a link around': link('x', 'data/../../x'),
    'a link to git’s own': link('x', '.git/config'),
    'a link to git’s own, in capitals': link('x', '.GIT/hooks'),
    'a link of nothing': link('x', ''),
    'a long link': link('x', 'x/'.repeat(4000)),
    'a link as .gitmodules': link('.gitmodules', 'x'),
    'a link as .gitmodules for others': link('.GITMODULES', 'x'),
    'a link as gitmod~1': link('gitmod~1', 'x'),
    'an option as an address': plain('.gitmodules', submodule('--upload-pack=touch')),
    'an option as an address, for others': plain('.GITMODULES', submodule('-u./x')),
    'an address with a line break': plain('.gitmodules', submodule('"https://example.org/x\\nhost=y"')),
    'a command': plain('.gitmodules', submodule('https://example.org/x', '\tupdate = !touch x\n')),
    'a name that climbs': plain('.gitmodules', '[submodule "../x"]\n\tpath = x\n\turl = https://example.org/x\n'),
    'an option as a path': plain('.gitmodules', '[submodule "x"]\n\tpath = -x\n\turl = https://example.org/x\n'),
  }
  for (const [what, entries] of Object.entries(cases)) {
    const root = entries.at(-1)
    if (root) refused(await push(pushOf([...entries, commitOf(entryId(root), head)])), what)
  }
  check()
})

test('commits and tags that are none are not taken', async () => {
  const check = watch()
  const id = git('rev-parse', 'main^{tree}')
  const texts: Record<string, string> = {
    'no one as author': `tree ${id}\ncommitter w <w@example.org> 1700000000 +0000\n\nx\n`,
    'no folder': `author w <w@example.org> 1700000000 +0000\ncommitter w <w@example.org> 1700000000 +0000\n\nx\n`,
    'a head that ends': `tree ${id}\n`,
    'a NUL in the head': `tree ${id}\nauthor w\0 <w@example.org> 1 +0000\ncommitter w <w@example.org> 1 +0000\n\nx\n`,
    'a time that is none': `tree ${id}\nauthor w <w@example.org> x +0000\ncommitter w <w@example.org> x +0000\n\nx\n`,
    'another line in a name': `tree ${id}\nauthor w\n<w@example.org> 1 +0000\ncommitter w <w@example.org> 1 +0000\n\nx\n`,
    nothing: '',
  }
  for (const [what, text] of Object.entries(texts))
    refused(await push(pushOf([{ type: 'commit', data: Buffer.from(text) }])), what)
  const tag = `object ${head}\ntype commit\ntag ../x\ntagger w <w@example.org> 1700000000 +0000\n\nx\n`
  refused(await push(pushOf([{ type: 'tag', data: Buffer.from(tag) }], 'refs/heads/attack')), 'a tag as a branch')
  refused(
    await push(pushOf([{ type: 'tag', data: Buffer.from(tag.replace('commit', 'blob')) }], 'refs/tags/x')),
    'a lie',
  )
  check()
})

test('ten thousand folders in each other harm no one', async () => {
  const folders = [tree([{ mode: '100644', name: 'x', id: git('rev-parse', 'main:README.md') }])]
  for (let depth = 0; depth < 10_000; depth++) {
    const below = folders.at(-1)
    if (below) folders.push(tree([{ mode: '40000', name: 'x', id: entryId(below) }]))
  }
  const root = folders.at(-1)
  assert.ok(root)
  const tip = commitOf(entryId(root), head)
  const reply = await push(pushOf([...folders, tip]))
  assert.ok(reply.status < 500, shown(reply))
  const began = performance.now()
  for (const door of [
    'tree/attack?recursive=true',
    'tree/attack?expand=true',
    'treesize/attack/x',
    'commits/attack?file=x',
  ]) {
    const { status } = await wire(wes, 'GET', `/api/models/${name}/${door}`)
    // A busy machine may say that it took too long
    assert.ok(status < 500 || status === 503, `${door}: ${status}`)
  }
  assert.ok(performance.now() - began < 120_000)
  assert.equal((await wire(wes, 'GET', `/${name}/raw/main/README.md`)).status, 200)
})

// A line of git about the reference, or a refusal of the whole; never a word of success.
function refused(reply: Reply, what: string): void {
  assert.doesNotMatch(String(reply.body), /[0-9a-f]{4}ok refs/, `${what}: ${shown(reply)}`)
  assert.ok(reply.status < 500, `${what}: ${shown(reply)}`)
}

function shown({ status, body }: Reply): string {
  return `${status} ${JSON.stringify(body)?.slice(0, 400)}`
}
