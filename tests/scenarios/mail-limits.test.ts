import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Author, systemAuthor } from '../../server/access/author.ts'
import { mostAskedADay } from '../../server/joining/requests/asking.ts'
import { now } from '../../server/kernel/clock.ts'
import { mailKinds, mailsOfOrganization } from '../../server/mail/limits.ts'
import { queueMail, queueMails } from '../../server/mail/queue.ts'
import { composeMail } from '../../server/mail/templates.ts'
import { transaction } from '../../server/store/database.ts'
import { sql } from '../../server/store/sql.ts'
import { startTestHub, testPassword } from '../hub.ts'
import { stateOf } from '../state.ts'
import { signedIn } from '../visitor.ts'

const hub = await startTestHub()
await hub.person('opal', { operator: true })
const { id: labId, people } = await hub.organization('lab', { ada: 'admin', bea: 'admin', cy: 'admin' })
const { ada } = people
const hour = 3_600_000

async function mailsTo(address: string): Promise<number> {
  return (await hub.mails()).filter(({ recipient }) => recipient === address).length
}

function signUp(username: string, email: string) {
  return hub.request(undefined, 'POST', '/api/signup', { username, email, password: testPassword })
}

test('sign-ups with one foreign address send five mails an hour, and the sixth makes no account', async () => {
  const statuses = []
  for (let n = 0; n < 12; n++) {
    const before = await stateOf(hub.db)
    const reply = await signUp(`squatter-${n}`, 'Victim@example.org')
    statuses.push(reply.status)
    if (reply.status !== 429) continue
    assert.match(reply.body.error, /Too many attempts/)
    // But that the limit was reached is told to site admins
    assert.deepEqual({ ...(await stateOf(hub.db)), audit_events: before.audit_events }, before)
  }
  assert.deepEqual(statuses, [...Array(5).fill(201), ...Array(7).fill(429)])
  assert.equal(await mailsTo('Victim@example.org'), 5)
})

test('a day of such hours sends no more than the limit of one address', async () => {
  for (let n = 0; n < 12; n++) {
    hub.moveClock((n + 1) * hour)
    await signUp(`patient-${n}`, 'slow-victim@example.org')
  }
  hub.moveClock(0)
  assert.equal(await mailsTo('slow-victim@example.org'), mailKinds.verify_email.toOne.most)
})

test('one network signs up fifty accounts an hour', async () => {
  hub.moveClock(40 * hour)
  const statuses = new Set<number>()
  for (let n = 0; n < 50; n++) statuses.add((await signUp(`crowd-${n}`, `crowd-${n}@example.org`)).status)
  assert.deepEqual([...statuses], [201])
  assert.equal((await signUp('crowd-50', 'crowd-50@example.org')).status, 429)
  hub.moveClock(0)
})

test('withdrawing and asking again is asking again', async () => {
  await hub.request(ada, 'PATCH', '/api/organizations/lab/settings', { allowJoinRequests: true })
  const pest = await hub.person('pest')
  const asked = []
  for (let n = 0; n < 25; n++) {
    asked.push((await hub.request(pest, 'POST', '/api/organizations/lab/join', {})).status)
    await hub.request(pest, 'DELETE', '/api/organizations/lab/join')
  }
  assert.equal(asked.filter((status) => status === 200 || status === 201).length, mostAskedADay)
  assert.ok(asked.slice(mostAskedADay).every((status) => status === 429))
  assert.equal(
    (await hub.mails()).filter(({ subject }) => /pest requested to join/.test(subject)).length,
    mostAskedADay * 3,
  )
  hub.moveClock(25 * hour)
  assert.equal((await hub.request(pest, 'POST', '/api/organizations/lab/join', {})).status < 300, true)
  hub.moveClock(0)
})

test('changing the access of one person again and again sends five mails an hour, and changes it all the same', async () => {
  const bob = await hub.person('bob')
  await hub.request(ada, 'POST', '/api/repos/create', { name: 'lab/thing', private: true })
  const path = '/api/models/lab/thing/collaborators/bob'
  for (let n = 0; n < 30; n++) {
    const reply = await hub.request(ada, 'PUT', path, { role: n % 2 === 0 ? 'read' : 'write' })
    assert.ok(reply.status < 300, JSON.stringify(reply.body))
  }
  assert.equal(await mailsTo(bob.email), mailKinds.access.toOne.most)
  assert.equal((await hub.request(ada, 'GET', path)).body.role, 'write')
})

test('an account that caused too many mails is refused before anything changes, also by many requests at once', async () => {
  const pat = await hub.person('pat')
  const { most } = mailKinds.verify_email.byOne
  const rows = Array.from({ length: most - 2 }, (_, n) => ({
    id: n.toString(16).padStart(24, '0'),
    recipient: `earlier-${n}@example.org`,
    subject: 'Verify',
    body: JSON.stringify({ paragraphs: [] }),
    state: 'sent' as const,
    kind: 'verify_email',
    actor_id: pat.id,
    created_at: new Date(),
  }))
  await hub.db.insertInto('mails').values(rows).execute()
  const own = await signedIn(hub, 'pat')
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, n) => own.send('POST', '/api/settings/emails', { address: `pat-${n}@example.org` })),
  )
  const refused = replies.filter(({ status }) => status === 429)
  assert.equal(refused.length, 6)
  assert.match(
    refused[0]?.body.error,
    /^You can send at most 20 verification emails per 24 hours\. Nothing was changed/,
  )
  assert.equal((await own.send('GET', '/api/settings/emails')).body.length, 3)
})

test('of many changes of one account at the same moment only those within the limit are made', async () => {
  const quick = await hub.person('quick')
  const { most } = mailKinds.verify_email.byOne
  const author = { ...systemAuthor, actor: { id: quick.id, name: 'quick', via: 'session' } } as unknown as Author
  const wishes = Array.from({ length: most + 8 }, (_, n) =>
    transaction(hub.db, (tx) =>
      queueMail(
        tx,
        author,
        composeMail({ to: `quick-${n}@example.org`, kind: 'verify_email', subject: 'Verify', paragraphs: [] }),
      ),
    ),
  )
  const refused = (await Promise.allSettled(wishes)).filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 8)
})

test('an organization sends so many mails a day, by all of its members together', async () => {
  hub.moveClock(100 * hour)
  const at = now()
  await sql`insert into mails (id, recipient, subject, body, state, kind, org_id, created_at)
    select 'eeeeeeeeeeeeeeee' || lpad(to_hex(i), 8, '0'), 'earlier-' || i || '@example.org', 'Join', '{"paragraphs":[]}',
      'sent', 'invitation', ${labId}, ${at} from generate_series(1, ${sql.lit(mailsOfOrganization.most - 1)}) i`.execute(
    hub.db,
  )
  const invite = (who: typeof ada, email: string) =>
    hub.request(who, 'POST', '/api/organizations/lab/invitations', { email, role: 'read' })
  assert.equal((await invite(ada, 'last@example.org')).status, 201)
  const before = await stateOf(hub.db)
  const refused = await invite(people.bea, 'beyond@example.org')
  assert.equal(refused.status, 429)
  assert.match(
    refused.body.error,
    /^This organization can send at most 10,000 emails per 24 hours\. Nothing was changed/,
  )
  assert.deepEqual({ ...(await stateOf(hub.db)), audit_events: before.audit_events }, before)
  hub.moveClock(125 * hour)
  assert.equal((await invite(people.bea, 'beyond@example.org')).status, 201)
  hub.moveClock(0)
})

test('many notices of one recovery request do not hide the first of another', async () => {
  const notice = (subject: string) =>
    composeMail({ to: 'watcher@example.org', kind: 'recovery', subject, paragraphs: [], footer: '' })
  const notices = [...Array.from({ length: 40 }, () => notice('About acme')), notice('About lab')]
  await transaction(hub.db, (tx) => queueMails(tx, systemAuthor, notices))
  const subjects = (await hub.mails()).filter(({ recipient }) => recipient === 'watcher@example.org')
  assert.deepEqual(
    Map.groupBy(subjects, ({ subject }) => subject.replace(/^.*About/, 'About')).get('About lab')?.length,
    1,
  )
  assert.equal(subjects.length, mailKinds.recovery.toOne.most + 1)
})
