import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { remindOfHealth } from '../../server/orgs/reminders.ts'
import { sql } from '../../server/store/sql.ts'
import type { Person } from '../hub.ts'
import {
  adminHealth,
  advance,
  call,
  countMails,
  day,
  eventTypes,
  giveFactor,
  hour,
  hub,
  mailsSince,
  markMails,
  spanOf,
  suspend,
} from '../recovery-world.ts'

const opal = await hub.person('opal', { operator: true })
const oona = await hub.person('oona', { operator: true })
// Operators since long ago: who was made one just now is no second person to act at once with
await sql`update users set created_at = '2000-01-01'`.execute(hub.db)
const reason = 'The only admin has left the company.'
after(() => hub.moveClock(0))

const begin = (who: Person | 'console', org: string, username: string, body: object = { reason }) => {
  const path = `/api/operator/organizations/${org}/recovery`
  return who === 'console'
    ? hub.console('POST', path, { username, ...body })
    : hub.request(who, 'POST', path, { username, ...body })
}
const step = (who: Person | 'console', id: string, name: 'approve' | 'withdraw') => {
  const path = `/api/operator/recovery/${id}/${name}`
  return who === 'console' ? hub.console('POST', path) : hub.request(who, 'POST', path)
}
const setVerified = (name: string, at: Date | null) =>
  sql`update emails set verified_at = ${at} where address = ${`${name}@example.org`}`.execute(hub.db)

describe('recovery by two operators', () => {
  it('takes effect at once with the second, where no one is left who could say no', async () => {
    const { id, people } = await hub.organization('Two', { ada: 'admin', wil: 'write', rae: 'read' })
    const pia = await hub.person('pia')
    await suspend('ada')
    const mails = await markMails()
    const opened = await begin(opal, 'Two', 'pia')
    assert.equal(opened.status, 201, JSON.stringify(opened.body))
    assert.deepEqual([opened.body.state, opened.body.approvals], ['open', { needed: 2, approvedBy: ['opal'] }])
    assert.deepEqual(
      await mailsSince(mails),
      ['ada', 'oona', 'opal', 'pia', 'wil'].map(
        (who) => `${who}: Recovery request: pia wants to become an admin of Two`,
      ),
    )
    assert.equal((await step(opal, opened.body.id, 'approve')).status, 409, 'one is not two')
    assert.equal((await step(people.wil as Person, opened.body.id, 'approve')).status, 403)
    assert.deepEqual((await adminHealth(id)).admins, ['ada'])
    const reply = await step(oona, opened.body.id, 'approve')
    assert.deepEqual([reply.status, reply.body.state], [200, 'done'])
    assert.deepEqual(await adminHealth(id), { admins: ['ada', 'pia'], adminless: false })
    const member = (await hub.request(pia, 'GET', '/api/organizations/Two/members/pia')).body
    assert.deepEqual([member.role, member.source], ['admin', 'recovery'])
    assert.equal((await hub.request(pia, 'DELETE', '/api/organizations/Two?dryRun=true')).status, 403, 'on probation')
    assert.deepEqual((await eventTypes(id)).slice(-2), ['org.recovery.request', 'org.recovery.complete'])
    assert.equal((await hub.events(id)).at(-2)?.message.includes(reason), true)
  })

  it('gives 72 hours to an admin who could say no, who may', async () => {
    const { id, people } = await hub.organization('Veto', { amy: 'admin', una: 'admin', pip: 'read' })
    await setVerified('una', null)
    await suspend('amy')
    const opened = await begin('console', 'Veto', 'pip')
    assert.equal(opened.body.openedBy, 'system')
    const { result: approved, requireAt } = await spanOf(() => step(opal, opened.body.id, 'approve'))
    assert.equal(approved.body.state, 'waiting')
    requireAt(approved.body.effectiveAt, 72 * hour)
    hub.moveClock(37 * hour)
    await advance()
    assert.equal((await eventTypes(id)).at(-1), 'org.recovery.halfway')
    const vetoed = await call(people.una, 'POST', 'Veto', `/${opened.body.id}/veto`)
    assert.deepEqual([vetoed.status, vetoed.body.state], [200, 'vetoed'])
    hub.moveClock(73 * hour)
    await advance()
    assert.deepEqual((await adminHealth(id)).admins, ['amy', 'una'])
    hub.moveClock(0)
    assert.equal((await step(oona, opened.body.id, 'approve')).status, 409)
    await setVerified('una', new Date())
  })

  it('does not let an operator name themselves with no one else’s approval', async () => {
    const { id } = await hub.organization('Oneself', { abe: 'admin', rex: 'read' })
    await suspend('abe')
    const opened = await begin('console', 'Oneself', 'opal')
    assert.equal(
      (await step(opal, opened.body.id, 'approve')).body.state,
      'open',
      'the command line may be them as well',
    )
    assert.deepEqual((await adminHealth(id)).admins, ['abe'])
    assert.equal((await step(oona, opened.body.id, 'approve')).body.state, 'done')
    assert.deepEqual((await adminHealth(id)).admins, ['abe', 'opal'])
  })

  it('counts no one who is no operator any more', async () => {
    const { id } = await hub.organization('Fall', { art: 'admin', ron: 'read' })
    await suspend('art')
    const opened = await begin(oona, 'Fall', 'ron')
    await hub.console('PATCH', '/api/operator/people/oona', { operator: false })
    assert.equal((await step(opal, opened.body.id, 'approve')).body.state, 'open')
    await hub.console('PATCH', '/api/operator/people/oona', { operator: true })
    await sql`update users set operator_since = '2000-01-01' where id = ${oona.id}`.execute(hub.db)
    await advance()
    assert.deepEqual((await adminHealth(id)).admins, ['art', 'ron'])
  })

  it('waits 72 hours where one of the two was made operator just before', async () => {
    const { id } = await hub.organization('Mint', { max: 'admin', mia: 'read' })
    await suspend('max')
    const puppet = await hub.person('puppet')
    assert.equal((await hub.console('PATCH', '/api/operator/people/puppet', { operator: true })).status, 200)
    const opened = await begin(opal, 'Mint', 'mia')
    const reply = await step(puppet, opened.body.id, 'approve')
    assert.deepEqual([reply.status, reply.body.state], [200, 'waiting'])
    await advance()
    assert.deepEqual((await adminHealth(id)).admins, ['max'])
    await hub.console('PATCH', '/api/operator/people/puppet', { operator: false })
  })

  it('with one operator takes 72 hours’ notice, and no operator can name themselves', async () => {
    await hub.console('PATCH', '/api/operator/people/oona', { operator: false })
    const { id } = await hub.organization('Solo', { sol: 'admin', sue: 'read' })
    await suspend('sol')
    assert.equal((await begin(opal, 'Solo', 'opal')).status, 403)
    const mails = await markMails()
    const opened = await begin(opal, 'Solo', 'sue')
    assert.deepEqual([opened.body.state, opened.body.approvals.needed], ['waiting', 1])
    const on = opened.body.effectiveAt.slice(0, 10)
    const told = (subject: string) => ['opal', 'sol', 'sue'].map((who) => `${who}: ${subject}`)
    assert.deepEqual(await mailsSince(mails), told(`sue will become an admin of Solo on ${on}`))
    // One more operator afterwards does not make it quicker, nor does the command line
    await hub.console('PATCH', '/api/operator/people/oona', { operator: true })
    await step('console', opened.body.id, 'approve')
    await advance()
    assert.deepEqual((await adminHealth(id)).admins, ['sol'])
    hub.moveClock(37 * hour)
    await advance()
    hub.moveClock(71 * hour)
    await advance()
    assert.deepEqual((await adminHealth(id)).admins, ['sol'])
    hub.moveClock(73 * hour)
    await Promise.all(Array.from({ length: 10 }, advance))
    assert.deepEqual(await adminHealth(id), { admins: ['sol', 'sue'], adminless: false })
    assert.equal((await eventTypes(id)).filter((type) => type === 'org.recovery.complete').length, 1)
    hub.moveClock(0)
  })

  const refused: [string, () => Promise<{ status: number }>, number][] = [
    ['a reason of a few letters', () => begin(opal, 'Bad', 'nob', { reason: 'because' }), 400],
    ['someone unknown', () => begin(opal, 'Bad', 'nobody-at-all'), 400],
    ['someone suspended', () => begin(opal, 'Bad', 'bee'), 400],
    ['someone without a verified address', () => begin(opal, 'Bad', 'unv'), 409],
    ['a member as operator', async () => begin(await hub.person('nob'), 'Bad', 'nob'), 403],
    [
      'an admin added directly',
      () => hub.console('POST', '/api/operator/organizations/Bad/members', { username: 'opal', role: 'admin' }),
      409,
    ],
    ['an organization that has an admin', () => begin(opal, 'Fine', 'nob'), 409],
    ['an organization that is not there', () => begin(opal, 'Nowhere', 'nob'), 404],
    ['a recovery request that is not there', () => step(opal, '0'.repeat(24), 'approve'), 404],
  ]
  it('refuses what is not in order, and changes nothing', async () => {
    const { id } = await hub.organization('Bad', { bee: 'admin', nob: 'read', unv: 'read' })
    await hub.organization('Fine', { fay: 'admin' })
    await setVerified('unv', null)
    await suspend('bee')
    const before = [(await eventTypes(id)).length, await countMails()]
    for (const [what, act, status] of refused) assert.equal((await act()).status, status, what)
    assert.deepEqual([(await eventTypes(id)).length, await countMails()], before)
  })

  it('is withdrawn by any operator, and listed for all of them', async () => {
    const opened = await begin(opal, 'Bad', 'nob')
    assert.equal((await begin(oona, 'Bad', 'nob')).status, 409, 'one living recovery request for a person')
    const listed = await hub.request(oona, 'GET', '/api/operator/recovery?limit=1')
    assert.deepEqual(listed.body[0].may, ['approve', 'withdraw'])
    assert.match(listed.headers.get('link') ?? '', /rel="next"/)
    const reply = await step(oona, opened.body.id, 'withdraw')
    assert.deepEqual([reply.body.state, reply.body.endedBy], ['withdrawn', 'oona'])
  })
})

describe('recovery by a successor', () => {
  it('is for the first of the order who could be admin, at once, with a probation', async () => {
    const { id, people } = await hub.organization('Line', { lia: 'admin', ona: 'read', twy: 'write', nye: 'write' })
    const put = { successors: ['ona', 'twy'] }
    assert.equal((await hub.request(people.lia, 'PUT', '/api/organizations/Line/successors', put)).status, 200)
    await sql`update organizations set require_2fa = true where id = ${id}`.execute(hub.db)
    await giveFactor(people.lia as Person)
    await suspend('lia')
    assert.equal((await adminHealth(id)).adminless, true)
    const take = (who: string) => call(people[who], 'POST', 'Line', '', { path: 'successor' })
    assert.equal((await take('twy')).status, 403)
    await giveFactor(people.ona as Person, people.twy as Person, people.nye as Person)
    for (const who of ['twy', 'nye']) {
      const reply = await take(who)
      assert.equal(reply.status, 403, who)
      if (who === 'twy') assert.match(reply.body.error, /ona comes before you/)
    }
    const { body: other } = await begin(opal, 'Line', 'nye')
    assert.equal(other.state, 'open', JSON.stringify(other))
    const mails = await markMails()
    const reply = await take('ona')
    assert.deepEqual([reply.status, reply.body.state], [201, 'done'], JSON.stringify(reply.body))
    assert.deepEqual(await adminHealth(id), { admins: ['lia', 'ona'], adminless: false })
    assert.deepEqual(
      (await hub.events(id)).at(-1)?.data.ended,
      [other.id],
      'the recovery request that gave way is named',
    )
    assert.deepEqual(
      await mailsSince(mails),
      ['lia', 'nye', 'ona', 'oona', 'opal', 'twy'].map((who) => `${who}: ona is now an admin of Line`),
    )
    assert.ok((await call(people.ona, 'GET', 'Line')).body.probation)
    assert.equal((await take('twy')).status, 409, 'there is nothing to recover any more')
  })
})

describe('reminders', () => {
  it('reach the only admin once a month, and the operators once a week while there is none', async () => {
    const remind = () => remindOfHealth(hub.db)
    await remind()
    await hub.organization('Only', { ole: 'admin', ove: 'read' })
    await hub.organization('Lone', { lot: 'admin' })
    await hub.organization('Noone', { nat: 'admin', nia: 'read' })
    await suspend('nat')
    const about = async (org: string) =>
      (await hub.mails())
        .filter(({ subject }) => subject.includes(org) && !subject.includes('member'))
        .map(({ recipient }) => recipient.split('@')[0])
    const counts = async () => [
      (await about('Only')).length,
      (await about('Lone')).length,
      (await about('Noone')).length,
    ]
    const [, , told = 0] = await counts()
    await remind()
    assert.deepEqual(await counts(), [0, 0, told])
    hub.moveClock(8 * day)
    await Promise.all([remind(), remind(), remind()])
    assert.deepEqual(await counts(), [0, 0, told + 2])
    hub.moveClock(31 * day)
    await Promise.all([remind(), remind()])
    assert.deepEqual(await about('Only'), ['ole'])
    assert.deepEqual(await counts(), [1, 0, told + 4])
    hub.moveClock(0)
  })
})
