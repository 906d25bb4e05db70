import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { bulk } from '../../api/index.ts'
import { newId } from '../../server/kernel/ids.ts'
import { sql } from '../../server/store/sql.ts'
import { startLab } from '../lab.ts'
import { fails } from '../refusals.ts'

const { hub, org, orgId, people, groups, call, ok, set, groupsOf } = await startLab()
const path = `/api/organizations/${org}/members/bulk`
const plan = (csv: string): Promise<bulk.BulkResult> => ok('ada', 'POST', '/members/bulk', { mode: 'plan', csv })
const exported = async (): Promise<string> => (await call('ada', 'GET', '/members/export')).body
const words = ({ rows }: bulk.BulkResult) => rows.map(({ row, who, verdict }) => `${row} ${who} ${verdict}`)

describe('a file of members', () => {
  it('is read with a byte order mark, in any order of columns, with its lines told', async () => {
    const csv = '\ufeffgroups,ROLE,username\r\n"nlp:read; Speech:write",write,rae\r\n\r\n-,,rob\r\n,READ,con\r\n'
    const planned = await plan(csv)
    assert.deepEqual(words(planned), ['2 rae change', '4 rob unchanged', '5 con change'])
    assert.deepEqual(
      planned.rows[0]?.after?.groups.map(({ name, role }) => `${name} ${role}`),
      ['nlp read', 'speech write'],
    )
  })

  it('gets a verdict for each row that cannot be', async () => {
    const csv =
      'username,op,role,groups\nrae,drop,,\nrob,,king,\ncon,,,nlp\nnoa,,,nlp:no_access\nwil,,read,\nWIL,,write,\n'
    const planned = await plan(csv)
    assert.equal(planned.counts.error, 6)
    assert.match(planned.rows[0]?.message ?? '', /op: must be one of set, add, invite, remove/)
    assert.match(planned.rows[1]?.message ?? '', /role: “.*” must be one of/)
    assert.match(planned.rows[2]?.message ?? '', /must be name:role/)
    assert.match(planned.rows[4]?.message ?? '', /2 rows: 6, 7/)
  })

  const wrong: [string, string, number, RegExp][] = [
    ['no known column', 'name,role\nrae,read', 400, /no column username or email/],
    ['a column that no one knows', 'username,rolle\nrae,read', 400, /unknown column “rolle”/],
    ['a column twice', 'username,role,role\nrae,read,read', 400, /two columns/],
    ['no rows', 'username,role\n', 400, /no rows/],
    ['nothing', '', 400, /no column/],
    ['Latin-1', 'username,role\nzo\ufffd,read', 400, /not UTF-8/],
    ['a quotation mark that does not end', 'username,role\n"rae,read', 400, /not valid CSV/],
    ['more cells than columns', 'username,role\nrae,read,more', 400, /more cells in line 2/],
    ['100,001 rows', `username,role\n${'rae,read\n'.repeat(100_001)}`, 413, /more than 10000 rows/],
  ]
  for (const [what, csv, status, sentence] of wrong) {
    it(`is refused whole: ${what}`, async () => {
      const reply = await fails(hub, status, { who: people.ada, method: 'POST', path, body: { mode: 'plan', csv } })
      assert.match(reply.body.error, sentence)
    })
  }
})

describe('a file that a spreadsheet wrote', () => {
  const planned = ['3 rae change', '4 rob unchanged']
  const files: Record<string, string> = {
    'with semicolons': '\ufeff\r\nUser name;Role;Groups\r\nrae;write;"nlp:read;speech:write"\r\nrob;;-\r\n',
    'with tabs': '\nusername\tROLE\tgroups\nrae\twrite\tnlp:read;speech:write\nrob\t\t-\n',
    'that says what separates it': 'sep=;\r\nusername;role;groups\r\nrae;write;"nlp:read;speech:write"\r\nrob;;-\r\n',
    'that says so in quotes': '"sep=,"\r\nusername,role,groups\r\nrae,write,nlp:read;speech:write\r\nrob,,-\r\n',
    'with blank rows and columns':
      ',,,,\n,username,role,,groups\n,rae,write,,nlp:read;speech:write,,\n,rob,,,-\n,,,,\n ,,\n',
    'without the empty cells at the end':
      '\nusername,role,groups,fullname,source\nrae,write,nlp:read;speech:write\nrob,,-,,\n',
  }
  for (const [what, csv] of Object.entries(files))
    it(`is read: ${what}`, async () => {
      const { rows } = await plan(csv)
      assert.deepEqual(words({ rows } as bulk.BulkResult), planned)
      assert.equal(rows[0]?.after?.groups.length, 2)
    })

  it('has addresses under whatever name they have there', async () => {
    for (const header of [`${'E'}-Mail`, `${'e'}-mail address`, 'Email Address', ' EMAIL '])
      assert.deepEqual(
        words(await plan(`${header};op\nnew@example.org;invite\n`)),
        ['2 new@example.org invite'],
        header,
      )
  })

  it('is our own export, and changes nothing', async () => {
    const text = await exported()
    const rows = text
      .trim()
      .split('\r\n')
      .map((line) => line.slice(1, -1).split('","'))
    const quoted = (cell: string) => (/[;"\t]/.test(cell) ? `"${cell}"` : cell)
    const saved = (sign: string, ending: string) =>
      rows
        .map((cells) =>
          cells
            .map(quoted)
            .join(sign)
            .replace(new RegExp(`${sign}+$`), ''),
        )
        .join(ending)
    for (const csv of [
      saved(';', '\r\n'),
      `\ufeff${saved(';', '\n')}\n;;;\n`,
      saved('\t', '\r\n'),
      `sep=;\r\n${saved(';', '\r\n')}`,
    ]) {
      const { rows: found } = await plan(csv)
      assert.ok(found.length > 3 && found.every(({ verdict }) => verdict === 'unchanged'), JSON.stringify(found))
    }
  })

  it('is known as UTF-8 by the mark at its beginning, as is everything that is exported', async () => {
    for (const list of ['members/export', 'activity/export', 'billing/export', 'audit-log/export?format=csv']) {
      const reply = await fetch(`${hub.url}/api/organizations/${org}/${list}`, {
        headers: { authorization: `Bearer ${people.ada?.token}` },
      })
      const bytes = Buffer.from(await reply.arrayBuffer())
      if (reply.status === 200) assert.equal(bytes.subarray(0, 3).toString('hex'), 'efbbbf', list)
      else assert.equal(reply.status, 404, list)
    }
    const { inverse } = await plan('username,role\nrae,write\n')
    assert.ok(inverse.startsWith('\ufeff'))
  })
})

describe('the export of members', () => {
  it('is read back as it is, and changes nothing', async () => {
    await set('rae', 'write', [{ id: 'vision', role: 'write' }])
    await sql`insert into group_roles (group_id, org_id, user_id, source, role, added_at)
      values (${groups.speech}, ${orgId}, ${people.rob?.id}, 'auto_join', 'read', now())`.execute(hub.db)
    await sql`insert into resource_groups (id, org_id, name, created_at) values (${newId()}, ${orgId}, 'a;b: c', now())`.execute(
      hub.db,
    )
    await ok('ada', 'PATCH', '/members/rob', { groups: { mode: 'merge', roles: [{ id: 'a;b: c', role: 'read' }] } })
    const csv = await exported()
    assert.equal(
      csv.split('\r\n')[0],
      '"username","fullname","role","groups","source","joined","last_active","two_factor","expires","verified_email"',
    )
    assert.match(csv, /"rae","[^"]*","write","vision:write","manual"/)
    const planned = await plan(csv)
    assert.deepEqual([planned.counts.rows, planned.counts.unchanged, planned.counts.error], [8, 8, 0])
    const event = (await hub.events(orgId)).at(-1)
    assert.equal(event?.type, 'org.members.export')
    assert.deepEqual(await groupsOf('rob'), { 'a;b: c': 'read', speech: 'read' })
  })

  it('makes text of what a spreadsheet would run', async () => {
    await sql`update users set fullname = '=1+cmd()' where name = 'rob'`.execute(hub.db)
    assert.match(await exported(), /"rob","'=1\+cmd\(\)","read"/)
  })

  it('tells addresses only in a domain that is the organization’s', async () => {
    assert.doesNotMatch(await exported(), /@example\.org/)
    await sql`update organizations set is_verified = true where id = ${orgId}`.execute(hub.db)
    assert.doesNotMatch(await exported(), /@example\.org/)
  })

  it('is for admins', async () => {
    const attempt = (who: string | undefined, status: number) =>
      fails(hub, status, {
        who: who === undefined ? undefined : people[who],
        method: 'GET',
        path: `/api/organizations/${org}/members/export`,
      })
    await attempt('wil', 403)
    await attempt('sam', 403)
    await attempt(undefined, 401)
  })
})
