import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { type members, orgRoles } from '../../api/index.ts'
import { now } from '../../server/kernel/clock.ts'
import { type Person, startTestHub } from '../hub.ts'

const hub = await startTestHub()
const fullnames: Record<string, string> = {
  ada: 'Zoë Admin',
  wil: 'Émile Writer',
  con: 'Ezra Contributor',
  rae: '',
  noa: 'fay no access',
}
const { people, id: orgId } = await hub.organization('Lab', {
  ada: 'admin',
  wil: 'write',
  con: 'contributor',
  rae: 'read',
  noa: 'no_access',
})
people.sam = await hub.person('sam')
const daysIdle: Record<string, number | undefined> = { ada: 0, wil: 95, con: 40, rae: undefined, noa: 65 }

const list = (who: string, query: string) =>
  hub.request(people[who] as Person, 'GET', `/api/organizations/Lab/members${query}`)

before(async () => {
  for (const [name, fullname] of Object.entries(fullnames))
    await sql`update users set fullname = ${fullname} where name = ${name}`.execute(hub.db)
  for (const [name, days] of Object.entries(daysIdle)) {
    const at = days === undefined ? null : new Date(now().getTime() - days * 86_400_000)
    await sql`update member_activity set web_at = ${at}
      where org_id = ${orgId} and user_id = (select id from users where name = ${name})`.execute(hub.db)
  }
  await sql`update users set totp_enabled_at = now() where name = 'con'`.execute(hub.db)
  const group = { name: 'vision', users: ['con', 'rae', 'noa'].map((user) => ({ user, role: 'read' })) }
  const reply = await hub.request(people.ada as Person, 'POST', '/api/organizations/Lab/resource-groups', group)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
})

// Page by page, so that each place in the order is found again.
async function walk(query: string): Promise<string[]> {
  const found: string[] = []
  let address = `/api/organizations/Lab/members?${query}&limit=2`
  for (;;) {
    const { status, body, headers } = await hub.request(people.ada as Person, 'GET', address)
    assert.equal(status, 200, JSON.stringify(body))
    found.push(...body.map(({ user }: members.Member) => user))
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    if (next === undefined) return found
    address = new URL(next).pathname + new URL(next).search
  }
}

describe('the order of members', () => {
  const orders: [string, string][] = [
    ['joined', 'ada wil con rae noa'],
    ['name', 'wil con noa rae ada'],
    ['role', 'noa rae con wil ada'],
    ['lastActive', 'rae wil noa con ada'],
  ]
  for (const [sort, expected] of orders) {
    it(`goes by ${sort}, and the other way around`, async () => {
      assert.deepEqual((await walk(`sort=${sort}`)).join(' '), expected)
      assert.deepEqual((await walk(`sort=-${sort}`)).reverse().join(' '), expected)
    })

    it(`goes by ${sort} with filters`, async () => {
      const of = (names: string[]) => expected.split(' ').filter((name) => names.includes(name))
      for (const [query, names] of Object.entries({
        'group=vision': ['con', 'rae', 'noa'],
        'group=vision&search=o': ['con', 'noa'],
        'search=contrib': ['con'],
        'search=ez': ['con'],
        'role=write': ['wil'],
        'idle=30': ['wil', 'con', 'noa'],
        'idle=60&group=vision': ['noa'],
        'idle=90': ['wil'],
        'idle=never': ['rae'],
        'twoFactor=on': ['con'],
        'twoFactor=off&group=vision': ['rae', 'noa'],
        'idle=30&role=write&search=emile': ['wil'],
      }))
        assert.deepEqual([query, await walk(`sort=${sort}&${query}`)], [query, of(names)])
    })
  }

  it('follows a change of the name', async () => {
    await sql`update users set fullname = 'Aaron' where name = 'noa'`.execute(hub.db)
    assert.equal((await walk('sort=name'))[0], 'noa')
    await sql`update users set fullname = ${fullnames.noa} where name = 'noa'`.execute(hub.db)
  })

  const refusals: [string, string, number, RegExp][] = [
    ['ada', '?sort=nonsense', 400, /sort/],
    ['noa', '?sort=role', 403, /see roles/],
    ['rae', '?sort=lastActive', 403, /Only admins/],
    ['rae', '?idle=90', 403, /Only admins/],
    ['sam', '?idle=never', 403, /Only admins/],
    ['ada', '?idle=7', 400, /idle/],
    ['ada', '?idle=90&email=a@b.example', 400, /email/],
    ['rae', '?twoFactor=off', 403, /Only admins/],
    ['ada', '?twoFactor=off&email=a@b.example', 400, /email/],
    ['ada', '?twoFactor=maybe', 400, /twoFactor/],
    ['ada', `?sort=role&cursor=${Buffer.from('["pope","a"]').toString('base64url')}`, 400, /another order/],
    ['ada', `?sort=lastActive&cursor=${Buffer.from('["pope","a"]').toString('base64url')}`, 400, /another order/],
    ['ada', `?sort=name&cursor=${Buffer.from('["a"]').toString('base64url')}`, 400, /cursor/],
  ]
  for (const [who, query, status, words] of refusals)
    it(`refuses ${who} ${query}`, async () => {
      const reply = await list(who, query)
      assert.equal(reply.status, status, JSON.stringify(reply.body))
      assert.match(reply.body.error, words)
    })
})

describe('the details of members', () => {
  const detailsFor = async (who: string, whom: string): Promise<members.Member> => {
    const { body } = await list(who, '?details=true')
    return body.find(({ user }: members.Member) => user === whom)
  }
  const shown = ({ joinedAt, source, lastActiveAt, expiresAt }: members.Member) =>
    Object.entries({ joinedAt, source, lastActiveAt, expiresAt }).flatMap(([name, value]) =>
      value === undefined ? [] : [name],
    )

  it('are shown as far as the viewer sees them one by one', async () => {
    assert.deepEqual(shown(await detailsFor('ada', 'rae')), ['joinedAt', 'source', 'lastActiveAt', 'expiresAt'])
    assert.deepEqual(shown(await detailsFor('rae', 'ada')), ['joinedAt', 'source', 'expiresAt'])
    assert.deepEqual(shown(await detailsFor('noa', 'ada')), [])
    assert.deepEqual(shown((await list('ada', '')).body[0]), [], 'without `details` rows are as they were published')
  })

  it('say what the viewer may do, like the record of a member does', async () => {
    for (const [who, whom] of [
      ['ada', 'wil'],
      ['ada', 'ada'],
      ['wil', 'rae'],
      ['wil', 'ada'],
      ['wil', 'wil'],
      ['rae', 'con'],
    ] as const) {
      const { may, mayGrant } = await detailsFor(who, whom)
      const record = (await list(who, `/${whom}`)).body
      assert.deepEqual([who, whom, may, mayGrant], [who, whom, record.may, record.mayGrant])
    }
    assert.deepEqual((await detailsFor('ada', 'wil')).mayGrant, [...orgRoles])
    assert.deepEqual((await detailsFor('wil', 'rae')).mayGrant, ['no_access', 'read', 'contributor', 'write'])
    assert.deepEqual((await detailsFor('wil', 'ada')).mayGrant, [])
    assert.deepEqual((await detailsFor('sam', 'rae')).may, ['member.list'])
    assert.deepEqual((await detailsFor('noa', 'rae')).may, ['member.list'])
  })
})
