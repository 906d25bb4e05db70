// The checks of `npm run check` on access in SQL, pages and sleeping tests find what they are for, and leave alone what may stay.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { perFile, project } from '../tools/source-rules.ts'

interface Row {
  what: string
  file: string
  text: string
  found: RegExp | undefined
}

const store = 'server/groups/store.ts'
const expired = /has expired/
const role = /asks for a role in SQL/
const factor = /judges 2FA in SQL/
const page = /compares a role in the browser/
const dialog = /loses what was typed/
const width = /chooses a width/
const byRouter = /leads by the router itself/
const written = /writes the address of a page/
const sleeps = /waits for a time/
const scenario = 'tests/scenarios/new.test.ts'

const rows: Row[] = [
  { what: 'liveness by hand', file: store, text: '(m.expires_at is null or m.expires_at > $1)', found: expired },
  { what: 'expiry by alias', file: store, text: 'where m.expires_at <= $1', found: expired },
  { what: 'expiry by table', file: store, text: 'from memberships where x and expires_at <= $1', found: expired },
  { what: 'expiry over two lines', file: store, text: 'from access_tokens\n where expires_at > $1', found: expired },
  { what: 'an invitation', file: store, text: 'from invitations i where i.expires_at > $1', found: undefined },
  { what: 'the room itself', file: 'server/access/grants.ts', text: 'm.expires_at <= $1', found: undefined },
  { what: 'a role', file: store, text: "and m.role = 'admin'", found: role },
  { what: 'another role', file: store, text: "and m.role <> 'no_access'", found: role },
  { what: 'a rung', file: store, text: "and max_role >= 'read'", found: role },
  { what: 'a list of roles', file: store, text: "and m.role not in ('read', 'write')", found: role },
  { what: 'a requirement', file: store, text: 'and not o.require_2fa', found: factor },
  { what: 'a factor', file: store, text: 'and u.totp_enabled_at is not null', found: factor },
  {
    what: 'turning it on',
    file: 'server/users/sign-in/two-factor-store.ts',
    text: 'set totp_enabled_at = $1',
    found: undefined,
  },
  { what: 'objects that go', file: store, text: 'with gone as (delete from lfs_objects', found: /deletes LFS objects/ },
  {
    what: 'objects that go by the builder',
    file: 'server/repos/new.ts',
    text: "tx.deleteFrom('lfs_objects')",
    found: /deletes LFS objects/,
  },
  {
    what: 'a download that no one notes',
    file: 'server/repos/content/new.ts',
    text: 'return lfs.open(repoId, oid)',
    found: /without a record/,
  },
  {
    what: 'a download that is noted',
    file: 'server/repos/content/new.ts',
    text: 'downloads.note(permit, taken)\nreturn lfsBody(lfs, repoId, oid)',
    found: undefined,
  },
  { what: 'a page', file: 'web/pages/New.tsx', text: "org.role === 'admin' && <Button />", found: page },
  { what: 'a sleep', file: scenario, text: 'await new Promise((done) => setTimeout(done, 300))', found: sleeps },
  {
    what: 'a sleep of the library',
    file: 'server/git/new.test.ts',
    text: "import { setTimeout as sleep } from 'node:timers/promises'",
    found: sleeps,
  },
  { what: 'a sleep of the browser', file: 'tests/e2e/new.ts', text: 'await page.waitForTimeout(300)', found: sleeps },
  { what: 'the limit of a socket', file: scenario, text: 'socket.setTimeout(30_000, end)', found: undefined },
  { what: 'a timer of the server', file: store, text: 'setTimeout(end, longestMs)', found: undefined },
  { what: 'a dialog by hand', file: 'web/pages/New.tsx', text: '<Modal opened onClose={close}>', found: dialog },
  { what: 'a drawer by hand', file: 'web/pages/New.tsx', text: '<Drawer', found: dialog },
  { what: 'a form by hand', file: 'web/pages/New.tsx', text: '<form onSubmit={submit}>', found: /is a form by hand/ },
  {
    what: 'a page that takes the next one for itself',
    file: 'web/pages/New.tsx',
    text: 'const { pathname } = useLocation()',
    found: /usePathHere/,
  },
  { what: 'the piece for dialogs', file: 'web/pieces/Dialog.tsx', text: '<Modal', found: undefined },
  { what: 'a width', file: 'web/pages/New.tsx', text: '<Stack gap="md" maw={640}>', found: width },
  { what: 'a width in rem', file: 'web/pages/New.tsx', text: 'maw="34rem"', found: width },
  { what: 'a narrow filter', file: 'web/pages/New.tsx', text: 'maw={200}', found: undefined },
  { what: 'a bare link', file: 'web/pages/New.tsx', text: '<Link to={address}>', found: byRouter },
  { what: 'a bare step', file: 'web/pages/New.tsx', text: 'const navigate = useNavigate()', found: byRouter },
  { what: 'the piece for links', file: 'web/pieces/LinkTo.tsx', text: '<Link {...leadsTo} />', found: undefined },
  { what: 'a written address', file: 'web/pages/New.tsx', text: "<Anchor href={'/' + name}>", found: written },
  { what: 'a fixed address', file: 'web/pages/New.tsx', text: '<a href="/settings">', found: written },
  { what: 'a written place', file: 'web/pages/New.tsx', text: "go(givenPlace('/' + name))", found: written },
  { what: 'leaving the pages', file: 'web/hub.ts', text: "location.assign('/login')", found: written },
  {
    what: 'a download',
    file: 'web/pages/New.tsx',
    text: 'href={exportAddressOf(bulk.exportMembers)}',
    found: undefined,
  },
  { what: 'a page that writes', file: 'web/pages/New.tsx', text: "role={'admin'}", found: undefined },
]

describe('the checks of the source', () => {
  for (const { what, file, text, found } of rows)
    it(`${found === undefined ? 'leave' : 'find'} ${what}`, () => {
      const problems = perFile.flatMap((rule) => rule({ file, lines: text.split('\n') })).map(({ problem }) => problem)
      assert.equal(problems.length > 0, found !== undefined, problems.join())
      if (found !== undefined) assert.match(problems.join(), found)
    })
})

it('a folder of the server holds 25 files, and tests beside them', () => {
  const files = (count: number, end = '.ts') =>
    Array.from({ length: count }, (_, index) => ({ file: `server/groups/f${index}${end}`, lines: [''] }))
  const problems = (sources: { file: string; lines: string[] }[]) =>
    project.flatMap((rule) => rule(sources)).filter(({ problem }) => problem.includes('sub-rooms'))
  assert.deepEqual(problems([...files(25), ...files(9, '.test.ts')]), [])
  assert.equal(problems(files(26)).length, 1)
})

describe('installing', () => {
  it('runs no program that a library brings', () => {
    assert.match(readFileSync(new URL('../.npmrc', import.meta.url), 'utf8'), /^ignore-scripts=true$/m)
  })
})
