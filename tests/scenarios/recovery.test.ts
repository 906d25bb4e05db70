import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { sql } from '../../server/store/sql.ts'
import { attemptLimits } from '../../server/users/guessing/attempts.ts'
import type { Person } from '../hub.ts'
import {
  adminHealth,
  advance,
  askByDomain,
  call,
  countMails,
  day,
  dns,
  eventTypes,
  giveDomain,
  giveFactor,
  hub,
  mailsSince,
  markMails,
  signedInPastFactor,
  spanOf,
  suspend,
} from '../recovery-world.ts'

const operator = await hub.person('opal', { operator: true })

describe('recovery by proof of a domain', () => {
  let orgId: string
  let people: Record<string, Person>
  let recoveryRequest: string
  let record: { name: string; value: string }
  // Who is told: admins whatever became of them, members who may write, operators, and the person
  const concerned = ['ada', 'eva', 'opal', 'pet', 'wes', 'wil', 'wyn']
  const told = (subject: string) => concerned.map((who) => `${who}: ${subject}`)
  const one = (who: string, method: string, tail = '', body?: unknown) => call(people[who], method, 'Mill', tail, body)

  before(async () => {
    ;({ id: orgId, people } = await hub.organization('Mill', {
      ada: 'admin',
      eva: 'admin',
      wil: 'write',
      wes: 'write',
      wyn: 'write',
      con: 'contributor',
      pet: 'read',
      rob: 'read',
    }))
    await giveDomain(orgId, 'mill.example.net', [people.pet as Person])
    await sql`update memberships set expires_at = ${new Date(Date.now() + 900 * day)} where user_id = ${people.eva?.id}`.execute(
      hub.db,
    )
  })

  it('is closed while someone can be turned to', async () => {
    const { body } = await one('pet', 'GET')
    assert.deepEqual(
      [body.health, body.isOpen, body.paths.map(({ possible }: { possible: boolean }) => possible)],
      ['at_risk', false, [false, false, false]],
    )
    const reply = await askByDomain(people.pet, 'Mill', 'mill.example.net')
    assert.equal(reply.status, 409)
    assert.match(reply.body.error, /can’t be recovered/)
  })

  it('opens with the loss; who has an address in the domain may ask', async () => {
    await suspend('ada')
    const { body } = await one('pet', 'GET')
    assert.deepEqual([body.health, body.isOpen], ['adminless', true])
    const domains = (name: string) => async () => (await one(name, 'GET')).body.paths[1]
    assert.deepEqual((await domains('pet')()).domains, ['mill.example.net'])
    assert.equal((await domains('rob')()).possible, false)
    assert.equal((await askByDomain(people.rob, 'Mill', 'mill.example.net')).status, 403)
    assert.equal((await one('pet', 'POST', '', { path: 'domain' })).status, 400)
    assert.equal((await askByDomain(people.pet, 'Mill', 'example.net')).status, 403)
    assert.equal((await askByDomain(operator, 'Mill', 'mill.example.net')).status, 403)
  })

  it('tells everybody concerned when a recovery request is opened', async () => {
    const mails = await markMails()
    const reply = await one('pet', 'POST', '', { path: 'domain', domain: 'mill.example.net', reason: 'Ada has left.' })
    assert.equal(reply.status, 201, JSON.stringify(reply.body))
    const { state, quorum, proof } = reply.body
    assert.deepEqual([state, quorum, proof.found], ['open', { needed: 2, confirmedBy: [] }, false])
    ;({ id: recoveryRequest, record } = reply.body)
    assert.equal(record.name, '_guildhall-recovery.mill.example.net')
    assert.match(record.value, /^guildhall-recovery=[0-9A-Za-z_-]{43}$/)
    assert.deepEqual(await mailsSince(mails), told('Recovery request: pet wants to become an admin of Mill'))
    assert.equal(
      (await one('wil', 'GET', `/${recoveryRequest}`)).body.record,
      null,
      'the record is for the person alone',
    )
    assert.equal((await askByDomain(people.pet, 'Mill', 'mill.example.net')).status, 409)
    assert.equal((await eventTypes(orgId)).at(-1), 'org.recovery.request')
  })

  it('takes confirmations of members who may write, each once', async () => {
    const confirm = (who: string) => one(who, 'POST', `/${recoveryRequest}/confirm`)
    for (const who of ['con', 'rob', 'pet']) assert.equal((await confirm(who)).status, 403, who)
    assert.deepEqual((await confirm('wil')).body.quorum.confirmedBy, ['wil'])
    const events = (await eventTypes(orgId)).length
    assert.deepEqual((await confirm('wil')).body.quorum.confirmedBy, ['wil'])
    assert.equal((await eventTypes(orgId)).length, events, 'twice is once')
    assert.equal((await confirm('wes')).body.state, 'open', 'the record is missing')
  })

  it('wants the record, and no other', async () => {
    const check = () => one('pet', 'POST', `/${recoveryRequest}/check`)
    assert.equal((await one('wil', 'POST', `/${recoveryRequest}/check`)).status, 403)
    assert.match((await check()).body.proof.problem, /No TXT record/)
    dns.records.set(record.name, ['guildhall-recovery=of-somebody-else'])
    assert.match((await check()).body.proof.problem, /another TXT record/)
    dns.mood = 'broken'
    assert.match((await check()).body.proof.problem, /No DNS server answered/)
    dns.mood = 'well'
    let checks = 3
    for (; (await check()).status === 200; checks++) assert.ok(checks < 2 * attemptLimits.dnsCheck.most, 'counted')
    assert.ok(checks >= attemptLimits.dnsCheck.most)
    const asked = dns.asked.length
    assert.equal((await check()).status, 429)
    assert.equal(dns.asked.length, asked, 'what is refused asks no one')
    assert.equal((await adminHealth(orgId)).adminless, true)
  })

  it('lets the time begin by the job once all is there, and tells at the start', async () => {
    dns.records.set(record.name, ['v=spf1 -all', record.value])
    const mails = await countMails()
    const mark = await markMails()
    const begin = await spanOf(advance)
    const { body } = await one('pet', 'GET', `/${recoveryRequest}`)
    assert.deepEqual([body.state, body.coolDownDays, body.proof.found], ['waiting', 7, true])
    begin.requireAt(body.effectiveAt, 7 * day)
    assert.deepEqual(
      await mailsSince(mark),
      told(`pet will become an admin of Mill on ${body.effectiveAt.slice(0, 10)}`),
    )
    await advance()
    assert.equal(await countMails(), mails + concerned.length, 'once')
    assert.equal((await eventTypes(orgId)).at(-1), 'org.recovery.start')
  })

  it('tells at half of the time, once', async () => {
    const mails = await countMails()
    const mark = await markMails()
    hub.moveClock(3.4 * day)
    await advance()
    assert.equal(await countMails(), mails)
    hub.moveClock(3.6 * day)
    await advance()
    await advance()
    const { effectiveAt } = (await one('pet', 'GET', `/${recoveryRequest}`)).body
    const subject = `Reminder: pet will become an admin of Mill on ${effectiveAt.slice(0, 10)}`
    assert.deepEqual(await mailsSince(mark), told(subject))
    assert.equal((await eventTypes(orgId)).at(-1), 'org.recovery.halfway')
  })

  it('takes effect at the end, once, however many do it at the same moment', async () => {
    const mails = await markMails()
    hub.moveClock(6.9 * day)
    await advance()
    assert.deepEqual(await adminHealth(orgId), { admins: ['ada', 'eva'], adminless: true })
    hub.moveClock(7.1 * day)
    await Promise.all(Array.from({ length: 10 }, advance))
    assert.deepEqual(await adminHealth(orgId), { admins: ['ada', 'eva', 'pet'], adminless: false })
    assert.deepEqual(await mailsSince(mails), told('pet is now an admin of Mill'))
    const types = await eventTypes(orgId)
    assert.equal(types.filter((type) => type === 'org.recovery.complete').length, 1)
    const { body } = await one('pet', 'GET')
    assert.deepEqual([body.health, body.isOpen, body.recoveryRequests[0].state], ['at_risk', false, 'done'])
    assert.equal(body.probation.until, (await hub.events(orgId)).at(-1)?.data.probationUntil)
    assert.deepEqual(
      body.recoveryRequests[0].timeline.map(({ what }: { what: string }) => what.split(/[ :]/)[0]),
      ['Opened', 'Confirmed', 'Confirmed', 'The', 'Half', 'pet'],
    )
    for (const step of ['confirm', 'veto', 'check', 'withdraw'])
      assert.ok([403, 409].includes((await one('pet', 'POST', `/${recoveryRequest}/${step}`)).status), step)
  })

  describe('leaves a probation of 30 days', () => {
    const settings = (body: unknown) => hub.request(people.pet, 'PATCH', '/api/organizations/Mill/settings', body)
    const remove = async (who: string) => {
      const browser = await signedInPastFactor(people[who] as Person)
      return browser.send('DELETE', '/api/organizations/Mill?dryRun=true')
    }
    const publish = (who: string) =>
      hub.request(people[who], 'PUT', '/api/models/Mill/secret/settings', { private: false })
    const move = (who: string) =>
      hub.request(people[who], 'POST', '/api/repos/move', {
        fromRepo: 'Mill/secret',
        toRepo: `${who}/secret`,
        type: 'model',
      })
    const copy = (who: string) =>
      hub.request(people[who], 'POST', '/api/models/Mill/secret/duplicate', {
        repository: `${who}/copy`,
        private: false,
      })
    const role = (who: string, whom: string, name: string) =>
      hub.request(people[who], 'PUT', `/api/organizations/Mill/members/${whom}/role`, { role: name })

    it('in which they may invite, set roles and keep house', async () => {
      const repo = { name: 'secret', organization: 'Mill', private: true, type: 'model' }
      assert.equal((await hub.request(people.pet, 'POST', '/api/repos/create', repo)).status, 200)
      const invite = { email: 'new@elsewhere.example', role: 'admin' }
      assert.equal((await hub.request(people.pet, 'POST', '/api/organizations/Mill/invitations', invite)).status, 201)
      assert.equal((await role('pet', 'wyn', 'admin')).status, 200)
      const group = { name: 'inner', users: [{ user: 'rob', role: 'write' }] }
      assert.ok((await hub.request(people.pet, 'POST', '/api/organizations/Mill/resource-groups', group)).status < 300)
      assert.ok((await one('rob', 'GET')).body.probation, 'it comes with rights in groups too')
      assert.equal((await one('wes', 'GET')).body.probation, null)
      assert.equal((await settings({ repoVisibility: 'public', defaultRole: 'contributor' })).status, 200)
      await giveFactor(people.pet as Person, people.wyn as Person)
      assert.equal((await settings({ require2fa: true })).status, 200)
    })

    const withheld: [string, () => Promise<{ status: number; body: { error?: string } }>][] = [
      ['delete the organization', () => remove('pet')],
      ['make a repository public', () => publish('pet')],
      ['make a copy of a private one public', () => copy('pet')],
      ['move a repository', () => move('pet')],
      ['turn the 2FA requirement off', () => settings({ require2fa: false })],
      ['let newcomers write', () => settings({ defaultRole: 'write' })],
      ['put the requirement off', () => settings({ require2faFrom: new Date(Date.now() + 500 * day).toISOString() })],
      ['do so by another admin of their making', () => remove('wyn')],
      ['publish by one', () => publish('wyn')],
    ]
    for (const [what, act] of withheld)
      it(`but not ${what}`, async () => {
        const events = (await eventTypes(orgId)).length
        const reply = await act()
        assert.equal(reply.status, 403, JSON.stringify(reply.body))
        assert.match(reply.body.error ?? '', /probation/)
        assert.equal((await eventTypes(orgId)).length, events)
      })

    it('and which is over by itself', async () => {
      hub.moveClock(37.2 * day)
      for (const act of [
        () => remove('pet'),
        () => settings({ require2fa: false }),
        () => publish('pet'),
        () => move('pet'),
      ]) {
        const reply = await act()
        assert.equal(reply.status, 200, JSON.stringify(reply.body))
      }
      assert.equal((await one('pet', 'GET')).body.probation, null)
      hub.moveClock(0)
    })
  })
})
