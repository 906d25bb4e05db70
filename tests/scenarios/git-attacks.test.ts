// Names that lead elsewhere, at every door, and pushes written by hand. Nothing outside of the repository may change,
// no reference may move, and git must find the repository sound.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commands, flush, idOf, none, pack, packet } from '../attacks/packets.ts'
import { makeTarget } from '../attacks/place.ts'
import type { Reply } from '../hub.ts'

const target = await makeTarget()
const { hub, ada, wes, rea, name, head, wire, push, watch } = target

/** As they stand in an address: nothing on the way repairs them. */
const addressedPaths = [
  '../config',
  '../../../../config',
  '..%2fconfig',
  '..%2F..%2F..%2F..%2Fetc%2Fpasswd',
  '%2e%2e/config',
  '%2e%2e%2fconfig',
  '.%2e/config',
  '%252e%252e%252fconfig',
  '..%5cconfig',
  '..%5C..%5Cconfig',
  '%5c..%5cconfig',
  'data/../../config',
  'data/%2e%2e/%2e%2e/config',
  '%00',
  'README.md%00.txt',
  '.git/config',
  '.GIT/config',
  '.Git%2Fconfig',
  'git~1/config',
  'GIT~1/config',
  '.git%20/config',
  '.git./config',
  '.git%3a%3a$INDEX_ALLOCATION/config',
  '.g%E2%80%8Cit/config',
  '%2Fetc%2Fpasswd',
  '/etc/passwd',
  'file%3A%2F%2F%2Fetc%2Fpasswd',
  '-x',
  '--upload-pack=touch%20pwned',
  '%c0%ae%c0%ae%c0%afconfig',
  '%ff',
  'data%0aREADME.md',
  'README.md/.',
  'README.md/..',
  './README.md',
]

test('a path that leads elsewhere reads nothing, in every spelling', async () => {
  const check = watch()
  const doors = (path: string) => [
    `/${name}/resolve/main/${path}`,
    `/${name}/raw/main/${path}`,
    `/api/models/${name}/tree/main/${path}`,
    `/api/models/${name}/treesize/main/${path}`,
    `/api/resolve-cache/models/${name}/main/${path}`,
    `/api/models/${name}/commits/main?file=${path}`,
  ]
  for (const path of addressedPaths) {
    for (const door of doors(path)) {
      const reply = await wire(rea, 'GET', door)
      const isEmptyHistory = door.includes('/commits/') && reply.status === 200 && reply.body.length === 0
      assert.ok(isEmptyHistory || (reply.status >= 400 && reply.status < 500), `${door}: ${shown(reply)}`)
      assert.doesNotMatch(JSON.stringify(reply.body), /outside|repositoryformatversion|root:/, door)
    }
  }
  check()
})

/** As they stand in JSON. */
const plainPaths = [
  '../config',
  '/etc/passwd',
  'data/../../config',
  'data/./a.txt',
  'data//b.txt',
  './b.txt',
  '.',
  '..',
  '',
  '/',
  'b/',
  '.git/config',
  '.GIT/hooks/pre-receive',
  'data/.git/config',
  'git~1/config',
  'data/GIT~1',
  '.git ',
  '.git.',
  '.git::$INDEX_ALLOCATION/config',
  '.g\u200cit/config',
  '..\\config',
  'C:\\config',
  'a\0b',
  'a\nb',
  'a\rb',
  '\u007f',
  '\ud800',
  'x'.repeat(300),
  'x/'.repeat(2100),
]

test('a path that leads elsewhere is neither told of nor written, in every spelling', async () => {
  const check = watch()
  for (const path of plainPaths) {
    const told = await json('POST', `paths-info/main`, { paths: [path] })
    assert.ok(told.status === 400 || told.body.length === 0, `paths-info ${JSON.stringify(path)}: ${shown(told)}`)
    const asked = await json('POST', 'preupload/main', { files: [{ path, size: 1, sample: 'YQ==' }] })
    refused(asked, `preupload ${JSON.stringify(path)}`)
    const lines: [string, object][] = [
      ['file', { path, content: 'YQ==', encoding: 'base64' }],
      ['file', { path: 'fine.txt', oldPath: path, content: 'YQ==', encoding: 'base64' }],
      ['lfsFile', { path, algo: 'sha256', oid: 'ab'.repeat(32), size: 1 }],
      ['lfsFile', { path: 'fine.bin', oldPath: path, algo: 'sha256', oid: 'ab'.repeat(32), size: 1 }],
      ['deletedFile', { path }],
      ['deletedFolder', { path }],
      ['deletedEntry', { path }],
    ]
    for (const [key, value] of lines) refused(await commit(key, value), `${key} ${JSON.stringify(value)}`)
  }
  check()
})

// What git would refuse in a push is refused in a commit too: no one could clone and push it elsewhere afterwards.
test('files that git itself takes orders from come in only where they are harmless', async () => {
  const check = watch()
  const evil: Record<string, string> = {
    option: '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch pwned\n',
    'option in the path': '[submodule "x"]\n\tpath = -x\n\turl = https://example.org/x\n',
    'name that climbs': '[submodule "../../x"]\n\tpath = x\n\turl = https://example.org/x\n',
    command: '[submodule "x"]\n\tpath = x\n\turl = https://example.org/x\n\tupdate = !touch pwned\n',
    newline: '[submodule "x"]\n\tpath = x\n\turl = "https://example.org/x\\nhost=other"\n',
  }
  for (const [what, content] of Object.entries(evil)) {
    for (const path of ['.gitmodules', '.GITMODULES', 'gitmod~1']) {
      const value = { path, content: Buffer.from(content).toString('base64'), encoding: 'base64' }
      refused(await commit('file', value), `${path}: ${what}`)
    }
  }
  const long = Buffer.from(`${'a'.repeat(3000)} text\n`).toString('base64')
  refused(await commit('file', { path: '.gitattributes', content: long, encoding: 'base64' }), 'a long line')
  check()
})

/** What no branch and no tag may be called. */
const badNames = [
  '..',
  'a..b',
  'a b',
  'a~1',
  'a^',
  'a:b',
  'a?',
  'a*',
  'a[b',
  'a\\b',
  '/a',
  'a/',
  'a//b',
  'a.lock',
  'x/a.lock/b',
  '.a',
  'x/.a',
  'a.',
  '@',
  '@{u}',
  'a@{1}',
  '-x',
  '--upload-pack=touch',
  'refs/../../x',
  '../../HEAD',
  'a\u0001b',
  'a\u007f',
  'x'.repeat(300),
]

test('a name that is none makes no branch and no tag, and reads nothing', async () => {
  const check = watch()
  for (const bad of badNames) {
    const rev = encodeURIComponent(bad)
    refused(await json('POST', `branch/${rev}`, {}), `branch ${bad}`)
    refused(await json('DELETE', `branch/${rev}`), `no branch ${bad}`)
    refused(await json('POST', 'branch/fine', { startingPoint: bad }), `branch from ${bad}`)
    refused(await json('POST', 'tag/main', { tag: bad }), `tag ${bad}`)
    refused(await json('POST', `tag/${rev}`, { tag: 'fine' }), `tag of ${bad}`)
    refused(await json('DELETE', `tag/${rev}`), `no tag ${bad}`)
    refused(await json('POST', `super-squash/${rev}`, {}), `squash ${bad}`)
    refused(await commit('file', { path: 'a', content: 'a' }, bad), `commit to ${bad}`)
    for (const door of [`tree/${rev}`, `commits/${rev}`, `commit/${rev}`, `revision/${rev}`, `compare/main..${rev}`])
      refused(await json('GET', door), door)
    refused(await wire(rea, 'GET', `/${name}/resolve/${rev}/README.md`), `resolve ${bad}`)
  }
  check()
})

test('a revision is a name, never a question in the language of git', async () => {
  for (const asked of [
    'HEAD~1',
    'main^{tree}',
    'main:README.md',
    ':/begin',
    '@{-1}',
    'main@{0}',
    '^main',
    'main...v1',
  ]) {
    const rev = encodeURIComponent(asked)
    for (const door of [`tree/${rev}`, `commits/${rev}`, `revision/${rev}`]) refused(await json('GET', door), door)
  }
})

test('git’s first question has two answers, however it is asked', async () => {
  const check = watch()
  for (const query of [
    '',
    '?service=',
    '?service=git-upload-archive',
    '?service=upload-pack',
    '?service=git-upload-pack%20--help',
    '?service=git-upload-pack%0a',
    '?service=../git-upload-pack',
    '?service=git-receive-pack&service=git-upload-pack',
    '?service[]=git-upload-pack',
    '?service=--help',
  ]) {
    refused(await wire(rea, 'GET', `/${name}.git/info/refs${query}`), query)
  }
  for (const path of [
    'HEAD',
    'config',
    'objects/info/packs',
    'info/../config',
    'objects/../config',
    'git-upload-archive',
  ])
    refused(await wire(ada, 'GET', `/${name}.git/${path}`), path)
  const odd = await hub.request(rea, 'GET', `/${name}.git/info/refs?service=git-upload-pack`, undefined, {
    'git-protocol': 'version=2:$(touch pwned)',
  })
  assert.equal(odd.status, 200)
  check()
})

const emptyPack = pack([])

test('references that may not be are not made by a push written by hand', async () => {
  const check = watch()
  for (const ref of [
    'HEAD',
    'config',
    '../../../x',
    'refs/heads/../../x',
    'refs/heads/../../../../sibling',
    'refs/heads/a.lock',
    'refs/heads/a..b',
    'refs/heads/a b',
    'refs/heads/-x',
    'refs/heads/--upload-pack=x',
    'refs/heads/',
    'refs/heads//x',
    'refs/heads/.x',
    'refs/heads/@{x}',
    'refs/heads/x\u0001',
    'refs/heads/main/below',
    'refs/hidden/x',
    'refs/hub/draft',
    'refs/pull/1/head',
    'refs/pr/1',
    'refs/notes/x',
    `refs/replace/${head}`,
    'refs/remotes/x/y',
    'refs/stash',
    'refs/x',
    'x',
    '',
  ]) {
    notMoved(await push(Buffer.concat([commands([{ from: none, to: head, ref }]), emptyPack])), JSON.stringify(ref))
  }
  check()
})

test('commands that say what is not so, or are no commands, move nothing', async () => {
  const check = watch()
  const blob = target.git('rev-parse', 'main:README.md')
  const tree = target.git('rev-parse', 'main^{tree}')
  const missing = 'ab'.repeat(20)
  const lists: Record<string, Buffer> = {
    'a file as a branch': commands([{ from: none, to: blob, ref: 'refs/heads/x' }]),
    'a folder as a branch': commands([{ from: none, to: tree, ref: 'refs/heads/x' }]),
    'a folder as a tag': commands([{ from: none, to: tree, ref: 'refs/tags/x' }]),
    'nothing as a branch': commands([{ from: none, to: missing, ref: 'refs/heads/x' }]),
    'main deleted': commands([{ from: head, to: none, ref: 'refs/heads/main' }]),
    'another place than it is at': commands([{ from: missing, to: head, ref: 'refs/heads/main' }]),
    'new, and there already': commands([{ from: none, to: head, ref: 'refs/heads/main' }]),
    'deleted, and not there': commands([{ from: head, to: none, ref: 'refs/heads/x' }]),
    'one good and one bad': commands([
      { from: none, to: head, ref: 'refs/heads/x' },
      { from: none, to: blob, ref: 'refs/heads/y' },
    ]),
    'short ids': commands([{ from: '0', to: head.slice(0, 7), ref: 'refs/heads/x' }]),
    'no ids': commands([{ from: 'z'.repeat(40), to: 'z'.repeat(40), ref: 'refs/heads/x' }]),
    'another kind of hash': commands(
      [{ from: none, to: head, ref: 'refs/heads/x' }],
      'report-status side-band-64k object-format=sha256',
    ),
    'a shallow line of nothing': Buffer.concat([
      packet(`shallow ${missing}`),
      commands([{ from: none, to: missing, ref: 'refs/heads/x' }]),
    ]),
    'a certificate': Buffer.concat([packet(`push-cert\0 report-status\n`), packet('certificate version 0.1\n'), flush]),
    'a length that is none': Buffer.from('zzzz'),
    'a length too short': Buffer.from('0003'),
    'a length too long': Buffer.from('fff1abc'),
    'half a packet': Buffer.from('00a0abc'),
    'no end': commands([{ from: none, to: missing, ref: 'refs/heads/x' }]).subarray(0, -4),
    nothing: Buffer.alloc(0),
  }
  for (const [what, list] of Object.entries(lists)) notMoved(await push(Buffer.concat([list, emptyPack])), what)
  check()
})

test('what a push wants to be told is data, and options it was not offered are none', async () => {
  const check = watch()
  const capabilities = 'report-status side-band-64k push-options atomic agent=$(touch pwned)\u0001 session-id=x'
  const list = commands([{ from: none, to: 'ab'.repeat(20), ref: 'refs/heads/x' }], capabilities)
  notMoved(await push(Buffer.concat([list, packet('ci.skip'), packet('--exec=touch'), flush, emptyPack])), 'options')
  check()
})

test('an object that only a link by hand leads to is not given out to who may not read', async () => {
  const lost = Buffer.from('lost and private\n')
  const request = Buffer.concat([packet(`want ${idOf('blob', lost)}\n`), flush, packet('done\n')])
  const body = { type: 'application/x-git-upload-pack-request', content: request }
  const stranger = await hub.person('stranger')
  assert.equal((await wire(stranger, 'POST', `/${name}.git/git-upload-pack`, body)).status, 404)
  assert.match(String((await wire(rea, 'POST', `/${name}.git/git-upload-pack`, body)).body), /ERR|not our ref/)
})

function json(method: string, door: string, body?: object): Promise<Reply> {
  const content = body && { type: 'application/json', content: JSON.stringify(body) }
  return wire(wes, method, `/api/models/${name}/${door}`, content)
}

function commit(key: string, value: object, branch = 'main'): Promise<Reply> {
  const lines = [
    { key: 'header', value: { summary: 'an attack' } },
    { key, value },
  ]
  const content = lines.map((line) => JSON.stringify(line)).join('\n')
  return wire(wes, 'POST', `/api/models/${name}/commit/${encodeURIComponent(branch)}`, {
    type: 'application/x-ndjson',
    content,
  })
}

function refused(reply: Reply, what: string): void {
  assert.ok(reply.status >= 400 && reply.status < 500, `${what}: ${shown(reply)}`)
  // Git reads plain text
  assert.equal(typeof (reply.body?.error ?? reply.body), 'string', `${what}: ${shown(reply)}`)
}

// A line of git about each reference, or a refusal of the whole; never a word of success.
function notMoved(reply: Reply, what: string): void {
  const text = String(reply.body)
  assert.doesNotMatch(text, /[0-9a-f]{4}ok refs/, `${what}: ${shown(reply)}`)
  assert.ok(reply.status < 500, `${what}: ${shown(reply)}`)
}

function shown({ status, body }: Reply): string {
  return `${status} ${JSON.stringify(body)?.slice(0, 300)}`
}
