import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from '../../server/store/sql.ts'
import type { Person } from '../hub.ts'
import {
  adminHealth,
  advance,
  askByDomain,
  call,
  day,
  dns,
  eventTypes,
  giveDomain,
  giveFactor,
  hub,
  mailsSince,
  markMails,
  recoveryRequestWaiting,
  spanOf,
  suspend,
} from '../recovery-world.ts'

const opal = await hub.person('opal', { operator: true })

describe('a recovery request', () => {
  it('is stopped by any admin with one click, also one kept out for lack of 2FA, and by no one else', async () => {
    const { id, people } = await hub.organization('Stop', {
      kim: 'admin',
      moe: 'admin',
      rea: 'read',
      pia: 'read',
      wes2: 'write',
    })
    await giveFactor(people.moe as Person, people.pia as Person, people.wes2 as Person)
    await sql`update organizations set require_2fa = true where id = ${id}`.execute(hub.db)
    await giveDomain(id, 'stop.example.net', [people.pia as Person])
    await suspend('moe')
    const opened = await askByDomain(people.pia, 'Stop', 'stop.example.net')
    assert.equal(opened.status, 201, JSON.stringify(opened.body))
    const veto = (who: string) => call(people[who], 'POST', 'Stop', `/${opened.body.id}/veto`)
    for (const who of ['rea', 'pia', 'wes2']) assert.equal((await veto(who)).status, 403, who)
    const mails = await markMails()
    const { may } = (await call(people.kim, 'GET', 'Stop', `/${opened.body.id}`)).body
    assert.deepEqual(may, ['veto'])
    const reply = await veto('kim')
    assert.deepEqual([reply.status, reply.body.state, reply.body.endedBy], [200, 'vetoed', 'kim'])
    assert.deepEqual(
      (await mailsSince(mails)).map((mail) => mail.split(':')[0]),
      ['kim', 'moe', 'opal', 'pia', 'wes2'],
    )
    assert.equal((await eventTypes(id)).at(-1), 'org.recovery.veto')
    const again = await askByDomain(people.pia, 'Stop', 'stop.example.net')
    assert.equal(again.status, 403)
    hub.moveClock(31 * day)
    await advance()
    assert.deepEqual((await adminHealth(id)).admins, ['kim', 'moe'])
    hub.moveClock(0)
  })

  it('waits 14 days where an admin was seen within 90', async () => {
    const { people, id } = await hub.organization('Late', { amy: 'admin', pip: 'read' })
    await hub.request(people.amy, 'GET', '/api/whoami-v2')
    await giveDomain(id, 'late.example.net', [people.pip as Person])
    await sql`update access_tokens set last_used_at = ${new Date()} where user_id = ${people.amy?.id}`.execute(hub.db)
    await suspend('amy')
    const { body } = await askByDomain(people.pip, 'Late', 'late.example.net')
    assert.deepEqual(body.quorum, { needed: 0, confirmedBy: [] }, 'no one else may write: the proof alone counts')
    dns.records.set(body.record.name, [body.record.value])
    const reply = await call(people.pip, 'POST', 'Late', `/${body.id}/check`)
    assert.deepEqual([reply.body.state, reply.body.coolDownDays], ['waiting', 14])
  })

  it('asks those who wrote before the loss, not whom someone raises or lets in afterwards', async () => {
    const { people, id } = await hub.organization('Puppets', {
      ava: 'admin',
      bo: 'write',
      wu: 'write',
      q1: 'read',
      q2: 'read',
    })
    await giveDomain(id, 'puppets.example.net', [people.bo as Person])
    await suspend('ava')
    for (const name of ['q1', 'q2'])
      assert.equal(
        (
          await hub.request(people.bo, 'PUT', `/api/organizations/Puppets/members/${name}/role`, {
            role: 'contributor',
          })
        ).status,
        200,
      )
    await hub.db
      .updateTable('memberships')
      .set({ role: 'write', role_since: new Date() })
      .where('org_id', '=', id)
      .where('user_id', 'in', [people.q1?.id ?? '', people.q2?.id ?? ''])
      .execute()
    const { body } = await askByDomain(people.bo, 'Puppets', 'puppets.example.net')
    for (const name of ['q1', 'q2']) await call(people[name], 'POST', 'Puppets', `/${body.id}/confirm`)
    const read = async () => (await call(people.bo, 'GET', 'Puppets', `/${body.id}`)).body.quorum
    assert.deepEqual(await read(), { needed: 1, confirmedBy: [] })
    await call(people.wu, 'POST', 'Puppets', `/${body.id}/confirm`)
    assert.deepEqual(await read(), { needed: 1, confirmedBy: ['wu'] })
  })

  const losses: [string, (made: Awaited<ReturnType<typeof recoveryRequestWaiting>>) => Promise<unknown>, RegExp][] = [
    [
      'a confirmer lost the role',
      async ({ id, writer }) => {
        await hub.console('POST', '/api/operator/organizations/Lose1/members', { username: 'opal', role: 'write' })
        await sql`update memberships set joined_at = '2000-01-01' where org_id = ${id} and user_id = ${opal.id}`.execute(
          hub.db,
        )
        await sql`update memberships set role = 'read' where org_id = ${id} and user_id = ${writer.id}`.execute(hub.db)
      },
      /1 more confirmation/,
    ],
    [
      'the domain is not verified any more',
      ({ id }) =>
        sql`update organization_domains set state = 'failing', failing_since = ${new Date()} where org_id = ${id}`.execute(
          hub.db,
        ),
      /in the verified domain/,
    ],
    ['the record is gone', async ({ record }) => dns.records.delete(record.name), /the DNS record/],
    [
      'the address is gone',
      ({ person, domain }) =>
        sql`delete from emails where user_id = ${person.id} and address like ${`%@${domain}`}`.execute(hub.db),
      /verified email address/,
    ],
  ]
  for (const [index, [what, lose, missing]] of losses.entries())
    it(`stops when at the moment it should take effect ${what}`, async () => {
      const made = await recoveryRequestWaiting(`Lose${index + 1}`, `l${index}`)
      await lose(made)
      hub.moveClock(3.6 * day)
      await advance()
      hub.moveClock(8 * day)
      await advance()
      const { state, effectiveAt } = await made.read()
      assert.deepEqual([state, effectiveAt], ['open', null])
      assert.deepEqual(await adminHealth(made.id), { admins: [made.names.admin], adminless: true })
      const halted = (await hub.events(made.id)).find(({ type }) => type === 'org.recovery.halt')
      assert.match(halted?.message ?? '', missing)
      hub.moveClock(31 * day)
      await advance()
      assert.equal((await made.read()).state, 'expired')
      hub.moveClock(0)
    })

  it('does not take effect while the DNS is silent', async () => {
    const made = await recoveryRequestWaiting('Mute', 'mute')
    hub.moveClock(4 * day)
    await advance()
    hub.moveClock(8 * day)
    dns.mood = 'broken'
    await advance()
    assert.equal((await made.read()).state, 'waiting')
    dns.mood = 'well'
    await advance()
    assert.equal((await made.read()).state, 'done')
    hub.moveClock(0)
  })

  it('leaves time to say no where the hub stood still at half of the time', async () => {
    const made = await recoveryRequestWaiting('Still', 'still')
    hub.moveClock(20 * day)
    const halfway = await spanOf(advance)
    const { state, effectiveAt } = await made.read()
    assert.equal(state, 'waiting')
    halfway.requireAt(effectiveAt, 21.75 * day)
    hub.moveClock(22 * day)
    await advance()
    assert.equal((await made.read()).state, 'done')
    hub.moveClock(0)
  })

  it('ends when an admin is back', async () => {
    const made = await recoveryRequestWaiting('Back', 'back')
    await suspend(made.names.admin, false)
    const mails = await markMails()
    await advance()
    const { state, timeline } = await made.read()
    assert.equal(state, 'withdrawn')
    assert.match(timeline.at(-1).what, /has an active admin again/)
    // The site admin is told too, up to the limit of a day, which this file comes near
    const told = (await mailsSince(mails)).map((mail) => mail.split(':')[0]).filter((who) => who !== 'opal')
    assert.deepEqual(told, [made.names.admin, made.names.person, made.names.writer].sort())
    assert.deepEqual(await adminHealth(made.id), { admins: [made.names.admin], adminless: false })
  })

  it('ends when an admin who did not count does so again, without anybody’s doing', async () => {
    const made = await recoveryRequestWaiting('Mend', 'mend')
    await suspend(made.names.admin, false)
    await sql`update organizations set adminless_since = ${new Date()} where id = ${made.id}`.execute(hub.db)
    await advance()
    assert.equal((await made.read()).state, 'withdrawn')
    assert.equal((await adminHealth(made.id)).adminless, false)
    assert.ok((await eventTypes(made.id)).includes('org.admin_restored'))
  })

  it('ends when the person is no longer a member, and is withdrawn by them', async () => {
    const gone = await recoveryRequestWaiting('Away', 'away')
    await hub.request(gone.person, 'POST', '/api/organizations/Away/leave')
    await advance()
    assert.equal((await call(gone.writer, 'GET', 'Away', `/${gone.recoveryRequest}`)).body.state, 'withdrawn')
    const made = await recoveryRequestWaiting('Rue', 'rue')
    assert.equal((await call(made.writer, 'POST', 'Rue', `/${made.recoveryRequest}/withdraw`)).status, 403)
    const reply = await call(made.person, 'POST', 'Rue', `/${made.recoveryRequest}/withdraw`)
    assert.deepEqual([reply.body.state, reply.body.endedBy], ['withdrawn', 'petrue'])
    assert.equal(
      (await call(gone.writer, 'GET', 'Away', `/${made.recoveryRequest}`)).status,
      404,
      'one of another organization',
    )
    assert.equal((await call(gone.writer, 'POST', 'Away', `/${made.recoveryRequest}/confirm`)).status, 404)
  })
})

describe('an organization whose admins are idle', () => {
  it('can be recovered after 60 days, until one is seen', async () => {
    const { id, people } = await hub.organization('Idle', { ida: 'admin', wip: 'write', pio: 'read' })
    await giveDomain(id, 'idle.example.net', [people.pio as Person])
    const isOpen = async () => (await call(people.pio, 'GET', 'Idle')).body.isOpen
    hub.moveClock(59 * day)
    assert.equal(await isOpen(), false)
    hub.moveClock(61 * day)
    assert.equal(await isOpen(), true)
    const successor = await call(people.pio, 'POST', 'Idle', '', { path: 'successor' })
    assert.equal(successor.status, 403)
    const opened = await askByDomain(people.pio, 'Idle', 'idle.example.net')
    assert.equal(opened.status, 201, JSON.stringify(opened.body))
    dns.records.set(opened.body.record.name, [opened.body.record.value])
    await call(people.wip, 'POST', 'Idle', `/${opened.body.id}/confirm`)
    await advance()
    const state = async () => (await call(people.pio, 'GET', 'Idle', `/${opened.body.id}`)).body.state
    assert.equal(await state(), 'waiting')
    hub.moveClock(62 * day)
    await sql`update access_tokens set last_used_at = ${new Date(Date.now() + 62 * day)} where user_id = ${people.ida?.id}`.execute(
      hub.db,
    )
    await advance()
    assert.equal(await state(), 'withdrawn')
    hub.moveClock(0)
  })
})
