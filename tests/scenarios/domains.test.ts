import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkDomains } from '../../server/orgs/domain-checks.ts'
import { attemptLimits } from '../../server/users/guessing/attempts.ts'
import { startDns } from '../dns.ts'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { stateOf } from '../state.ts'

const dns = await startDns()
const hub = await startTestHub({ dnsServers: [dns.address] })
const day = 86_400_000
const lab = await hub.organization('Lab', { ada: 'admin', amy: 'admin', wil: 'write', rea: 'read' })
const mill = await hub.organization('Mill', { max: 'admin' })
const people: Record<string, Person> = { ...lab.people, ...mill.people }

const call = (org: string) => (who: string, method: string, path: string, body?: unknown) =>
  hub.request(people[who], method, `/api/organizations/${org}${path}`, body)
const inLab = call('Lab')
const inMill = call('Mill')
const recheck = () => checkDomains(hub.db, hub.running.server.hub.dns)
const eventsOf = async (id: string) => (await hub.events(id)).map(({ type }) => type)
const mailsTo = async (who: string) =>
  (await hub.mails()).filter(({ recipient }) => recipient === `${who}@example.org`).map(({ subject }) => subject)

async function unchanged<T>(work: () => Promise<T>): Promise<T> {
  const before = await stateOf(hub.db)
  const result = await work()
  assert.deepEqual(await stateOf(hub.db), before, 'nothing changes')
  return result
}

function publish({ body }: Reply): void {
  dns.records.set(body.record.name, ['v=spf1 -all', body.record.value])
}

async function refused(work: () => Promise<Reply>, status: number, sentence: RegExp): Promise<void> {
  const reply = await unchanged(work)
  assert.deepEqual([reply.status, sentence.test(reply.body.error)], [status, true], JSON.stringify(reply.body))
}

describe('adding a domain', () => {
  it('shows the record to publish, and is recorded', async () => {
    const reply = await inLab('ada', 'POST', '/domains', { domain: 'Staff.Lab-Works.ORG' })
    assert.equal(reply.status, 201)
    const { domain, state, record, addedBy, verifiedAt } = reply.body
    assert.deepEqual([domain, state, addedBy, verifiedAt], ['staff.lab-works.org', 'unverified', 'ada', null])
    assert.deepEqual([record.name, record.type], ['staff.lab-works.org', 'TXT'])
    assert.match(record.value, /^guildhall-verification=[0-9A-Za-z]{32}$/)
    assert.equal((await eventsOf(lab.id)).at(-1), 'org.domain.add')
    assert.deepEqual((await inLab('amy', 'GET', '/domains')).body, [reply.body])
    assert.equal((await inLab('ada', 'GET', '')).body.isVerified, false)
  })

  const rows: [string, string, unknown, number, RegExp][] = [
    ['the same again', 'ada', { domain: 'staff.lab-works.org' }, 409, /already/],
    ['a public mailbox provider', 'ada', { domain: 'Gmail.com' }, 400, /Anyone can get an email address/],
    ['a disposable mailbox provider', 'ada', { domain: 'mailinator.com' }, 400, /Anyone can get an email address/],
    ['an address', 'ada', { domain: 'ada@lab-works.org' }, 400, /must be a domain/],
    ['one label', 'ada', { domain: 'org' }, 400, /must be a domain/],
    ['a dot at the end', 'ada', { domain: 'lab-works.org.' }, 400, /must be a domain/],
    ['a member with write', 'wil', { domain: 'lab-works.org' }, 403, /admin/],
    ['an admin of elsewhere', 'max', { domain: 'lab-works.org' }, 403, /admin/],
  ]
  for (const [what, who, body, status, sentence] of rows)
    it(`refuses: ${what}`, () => refused(() => inLab(who, 'POST', '/domains', body), status, sentence))

  it('takes letters of every script, and shows them as the DNS knows them', async () => {
    const rows = {
      'M\u00dcLLER.example': 'xn--mller-kva.example',
      'l\u0430b-works.org': 'xn--lb-works-16g.org',
      'wor\u212as.org': 'works.org',
    }
    for (const [typed, domain] of Object.entries(rows)) {
      const { status, body } = await inLab('ada', 'POST', '/domains', { domain: typed })
      assert.deepEqual([status, body.domain], [201, domain])
      assert.equal((await inLab('ada', 'DELETE', `/domains/${encodeURIComponent(typed)}`)).status, 200)
    }
  })

  it('keeps it from everybody but admins', async () => {
    for (const who of ['wil', 'rea', 'max']) assert.equal((await inLab(who, 'GET', '/domains')).status, 403)
  })
})

describe('verifying a domain', () => {
  const verify = (who = 'ada') => inLab(who, 'POST', '/domains/staff.lab-works.org/verify')

  it('says what is missing, and changes nothing else', async () => {
    const before = await eventsOf(lab.id)
    for (const texts of [undefined, [], ['v=spf1 -all'], ['guildhall-verification=of-somebody-else']]) {
      if (texts) dns.records.set('staff.lab-works.org', texts)
      const { status, body } = await verify()
      assert.deepEqual([status, body.state, body.verifiedAt], [200, 'unverified', null])
      assert.match(body.problem, /^staff\.lab-works\.org (doesn’t have|has an old record)/)
      assert.ok(body.checkedAt)
    }
    assert.deepEqual(await eventsOf(lab.id), before)
    assert.ok(dns.asked.every((name) => name === 'staff.lab-works.org'))
  })

  it('gives the mark of a verified organization, once', async () => {
    publish(await verify())
    const [one, two] = await Promise.all([verify('ada'), verify('amy')])
    for (const { body } of [one, two]) assert.deepEqual([body.state, body.problem], ['verified', null])
    assert.equal((await eventsOf(lab.id)).filter((type) => type === 'org.domain.verify').length, 1)
    assert.equal((await inLab('max', 'GET', '')).body.isVerified, true)
    assert.equal((await unchanged(() => inLab('wil', 'POST', '/domains/staff.lab-works.org/verify'))).status, 403)
    assert.equal((await unchanged(() => inLab('ada', 'POST', '/domains/lab-works.org/verify'))).status, 404)
  })

  it('is for one organization only, which the other does not learn', async () => {
    publish(await inMill('max', 'POST', '/domains', { domain: 'staff.lab-works.org' }))
    const reply = await unchanged(() => inMill('max', 'POST', '/domains/staff.lab-works.org/verify'))
    assert.deepEqual([reply.status, /Another organization/.test(reply.body.error)], [409, true])
    assert.doesNotMatch(reply.body.error.replaceAll('lab-works', ''), /lab/i)
    assert.equal((await inMill('max', 'GET', '')).body.isVerified, false)
  })
})

describe('looking at records again', () => {
  const now = async () => (await inLab('ada', 'GET', '/domains')).body[0]
  const labRecord = async () => dns.records.set('staff.lab-works.org', [(await now()).record.value])

  it('asks once a week', async () => {
    await labRecord()
    dns.asked.length = 0
    await unchanged(recheck)
    hub.moveClock(6 * day)
    await unchanged(recheck)
    assert.deepEqual(dns.asked, [])
    hub.moveClock(8 * day)
    const before = (await eventsOf(lab.id)).length
    await recheck()
    assert.deepEqual(dns.asked, ['staff.lab-works.org'])
    assert.deepEqual([(await now()).state, (await eventsOf(lab.id)).length], ['verified', before])
    await recheck()
    assert.equal(dns.asked.length, 1)
  })

  it('takes nothing away while no server answers', async () => {
    for (const mood of ['silent', 'broken'] as const) {
      dns.mood = mood
      hub.moveClock(40 * day)
      const before = await now()
      await recheck()
      const { problem, ...rest } = await now()
      assert.match(problem, /No DNS server answered/)
      assert.deepEqual({ ...rest, problem: before.problem }, before)
      const reply = await inLab('ada', 'POST', '/domains/staff.lab-works.org/verify')
      assert.deepEqual([reply.status, reply.body.state], [200, 'verified'])
    }
    dns.mood = 'well'
    assert.ok(!(await eventsOf(lab.id)).includes('org.domain.fail'))
    await recheck()
    assert.deepEqual([(await now()).state, (await now()).problem], ['verified', null])
  })

  it('gives seven days when the record is gone, tells the admins, and forgives', async () => {
    dns.records.set('staff.lab-works.org', ['v=spf1 -all'])
    hub.moveClock(48 * day)
    await recheck()
    const failing = await now()
    assert.equal(failing.state, 'failing')
    assert.equal(Date.parse(failing.graceEndsAt), Date.parse(failing.checkedAt) + 7 * day)
    assert.equal((await eventsOf(lab.id)).at(-1), 'org.domain.fail')
    for (const admin of ['ada', 'amy'])
      assert.equal((await mailsTo(admin)).at(-1), 'The DNS record of staff.lab-works.org is missing')
    assert.ok((await hub.mails()).at(-1)?.text_body.includes(failing.record.value))
    assert.ok(!(await mailsTo('wil')).some((subject) => subject.includes('DNS')))
    assert.equal((await inLab('ada', 'GET', '')).body.isVerified, true)
    hub.moveClock(54 * day)
    await recheck()
    assert.equal((await now()).state, 'failing')
    assert.equal((await eventsOf(lab.id)).filter((type) => type === 'org.domain.fail').length, 1)
    await labRecord()
    await recheck()
    assert.deepEqual([(await now()).state, (await now()).graceEndsAt], ['verified', null])
    assert.equal((await now()).verifiedAt, failing.verifiedAt)
    assert.equal((await eventsOf(lab.id)).at(-1), 'org.domain.verify')
  })

  it('takes the verification when the grace is over, by an answer and not by silence', async () => {
    assert.equal((await inLab('ada', 'PATCH', '/settings', { userApproval: true })).status, 200)
    dns.records.delete('staff.lab-works.org')
    hub.moveClock(62 * day)
    await recheck()
    dns.mood = 'silent'
    hub.moveClock(80 * day)
    await recheck()
    assert.equal((await now()).state, 'failing')
    dns.mood = 'well'
    await recheck()
    const { state, verifiedAt, graceEndsAt } = await now()
    assert.deepEqual([state, verifiedAt, graceEndsAt], ['unverified', null, null])
    assert.equal((await eventsOf(lab.id)).at(-1), 'org.domain.lose')
    assert.equal((await mailsTo('amy')).at(-1), 'staff.lab-works.org is no longer verified')
    assert.equal((await inLab('ada', 'GET', '')).body.isVerified, false)
    assert.equal((await inLab('ada', 'GET', '/settings')).body.userApproval, true, 'no door opens by that')
    await unchanged(recheck)
  })

  it('lets the next organization have it', async () => {
    publish({ ...(await inMill('max', 'GET', '/domains')), body: (await inMill('max', 'GET', '/domains')).body[0] })
    assert.equal((await inMill('max', 'POST', '/domains/staff.lab-works.org/verify')).body.state, 'verified')
    assert.equal((await inLab('ada', 'POST', '/domains/staff.lab-works.org/verify')).body.state, 'unverified')
    hub.moveClock(0)
  })
})

describe('removing a domain', () => {
  it('gives up what its verification gave, and makes room for another with a new record', async () => {
    const [before] = (await inMill('max', 'GET', '/domains')).body
    assert.equal((await unchanged(() => inMill('ada', 'DELETE', '/domains/staff.lab-works.org'))).status, 403)
    assert.equal((await inMill('max', 'DELETE', '/domains/staff.lab-works.org')).status, 200)
    assert.equal((await unchanged(() => inMill('max', 'DELETE', '/domains/staff.lab-works.org'))).status, 404)
    assert.equal((await eventsOf(mill.id)).at(-1), 'org.domain.remove')
    assert.equal((await inMill('max', 'GET', '')).body.isVerified, false)
    const again = await inMill('max', 'POST', '/domains', { domain: 'staff.lab-works.org' })
    assert.notEqual(again.body.record.value, before.record.value)
    assert.equal((await inMill('max', 'POST', '/domains/staff.lab-works.org/verify')).body.state, 'unverified')
  })

  it('has room for fifty', async () => {
    const replies = []
    for (let i = 0; i < 50; i++) replies.push(await inMill('max', 'POST', '/domains', { domain: `d${i}.mill.org` }))
    assert.deepEqual([replies.at(-2)?.status, replies.at(-1)?.status], [201, 409])
    assert.match(replies.at(-1)?.body.error, /at most 50/)
  })
})

describe('checks of the DNS', () => {
  it('are counted, for an organization and for an account', async () => {
    const hour = 3_600_000
    // Each window begins again on the clock
    hub.moveClock(Math.ceil(Date.now() / hour) * hour - Date.now())
    for (const name of ['First', 'Second', 'Third']) {
      Object.assign(people, (await hub.organization(name, { ona: 'admin', pia: 'admin' })).people)
      await call(name)('ona', 'POST', '/domains', { domain: `${name.toLowerCase()}.works` })
    }
    const check = (who: string, org: string) => call(org)(who, 'POST', `/domains/${org.toLowerCase()}.works/verify`)
    for (const org of ['First', 'Second'])
      for (let n = 0; n < attemptLimits.dnsCheck.most; n++) assert.equal((await check('ona', org)).status, 200)
    const before = dns.asked.length
    for (const [who, org] of [
      ['pia', 'First'],
      ['ona', 'Third'],
    ] as const) {
      const { status, headers } = await check(who, org)
      assert.deepEqual([status, Number(headers.get('retry-after')) > 0], [429, true], org)
    }
    assert.equal(dns.asked.length, before)
    assert.equal((await check('pia', 'Third')).status, 200)
    hub.moveClock(0)
  })
})
