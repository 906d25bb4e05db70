import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { sql } from 'kysely'
import * as api from '../../api/index.ts'
import { systemAuthor } from '../../server/access/author.ts'
import { recordMany } from '../../server/audit/record.ts'
import { transaction } from '../../server/store/database.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let ada: Person

before(async () => {
  hub = await startTestHub()
  ada = await hub.person('ada')
})

type Verdict = api.ReplyOf<typeof api.audit.verifyAuditLog>

/** An organization whose log has some events after its creation, and how to check it. */
async function logOf(name: string, events: number) {
  const { id } = await hub.organization(name, { ada: 'admin' })
  const path = `/api/organizations/${name}/audit-log`
  const verify = async (contains?: string): Promise<Verdict> => {
    const query = contains === undefined ? '' : `?contains=${contains}`
    return (await hub.request(ada, 'GET', `${path}/verify${query}`)).body
  }
  const write = (count: number, from = 1) => {
    const numbers = Array.from({ length: count }, (_, index) => index + from)
    const made = numbers.map((n) => ({ scope: id, type: 'org.add_user', message: `did ${n}` }))
    return transaction(hub.db, (tx) => recordMany(tx, systemAuthor, made))
  }
  await write(events)
  const whole = await verify()
  assert.deepEqual([whole.intact, whole.endProven, whole.events >= events], [true, true, true])
  return { id, path, verify, write, whole }
}

/** Makes a whole chain again with its plain hashes, as someone can who writes to the database and has not the key. */
async function rewriteChain(scope: string): Promise<void> {
  const remake = `do $body$ declare row record; last bytea := decode(repeat('00', 32), 'hex'); changed text; begin
      for row in select * from audit_events where scope = '${scope}' order by seq loop
        changed := replace(row.event, 'did 2', 'did 9');
        update audit_events set event = changed, prev_hash = last, hash = sha256(last || convert_to(changed, 'UTF8'))
          where scope = row.scope and seq = row.seq;
        update audit_heads set prev_hash = last where scope = row.scope;
        last := sha256(last || convert_to(changed, 'UTF8'));
      end loop;
      update audit_heads set hash = last where scope = '${scope}';
    end $body$`
  await sql.raw(remake).execute(hub.db)
}

test('a chain that was rewritten by SQL alone is found out, and stays so when the hub goes on writing', async () => {
  const log = await logOf('rewritten', 4)
  await rewriteChain(log.id)
  const found = await log.verify()
  assert.deepEqual([found.intact, found.endProven, found.firstBreak?.seq], [false, false, log.whole.events])
  assert.match(found.firstBreak?.reason ?? '', /without the key/)
  await log.write(1, 5)
  assert.match((await log.verify()).firstBreak?.reason ?? '', /without the key/)
  await sql`update audit_heads set seal = null where scope = ${log.id}`.execute(hub.db)
  await log.write(1, 6)
  assert.match((await log.verify()).firstBreak?.reason ?? '', /no seal/)
})

test('each 1,000th event is sealed too, and its seal does not fit the end of a log that is cut off there', async () => {
  const log = await logOf('sealed', 2500)
  const { rows } = await sql<{ seq: string }>`select seq from audit_events
    where scope = ${log.id} and seal is not null order by seq`.execute(hub.db)
  assert.deepEqual(
    rows.map(({ seq }) => seq),
    ['1000', '2000'],
  )
  await sql`update audit_heads h set seq = e.seq, prev_hash = e.prev_hash, hash = e.hash, seal = e.seal
    from audit_events e where h.scope = ${log.id} and e.scope = h.scope and e.seq = 2000`.execute(hub.db)
  await sql`delete from audit_events where scope = ${log.id} and seq > 2000`.execute(hub.db)
  assert.equal((await log.verify()).firstBreak?.seq, 2000)
  const foreign = Buffer.alloc(41, 1)
  await sql`update audit_events set seal = ${foreign} where scope = ${log.id} and seq = 1000`.execute(hub.db)
  const { firstBreak } = await log.verify()
  assert.equal(firstBreak?.seq, 1000)
  assert.match(firstBreak?.reason ?? '', /sealed with the key 0101010101010101, which is not/)
})

test('a log without events is broken, and so is one that was emptied and goes on', async () => {
  const log = await logOf('emptied', 3)
  await sql`delete from audit_events where scope = ${log.id}`.execute(hub.db)
  assert.match((await log.verify()).firstBreak?.reason ?? '', /this event and all later ones are missing/)
  await sql`delete from audit_heads where scope = ${log.id}`.execute(hub.db)
  assert.deepEqual((await log.verify()).firstBreak, { seq: 1, reason: 'the log has no events' })
  await log.write(1)
  assert.match((await log.verify()).firstBreak?.reason ?? '', /starts with this event instead of org\.create/)
})

test('an export that is cut off does not prove its end; a noted hash must be in it', async () => {
  const log = await logOf('cut', 4)
  const noted = log.whole.head ?? ''
  const { body: events } = await hub.request(ada, 'GET', `${log.path}/export`)
  const whole = await api.verifyExport(events, noted)
  assert.deepEqual([whole.intact, whole.endProven], [true, false])
  const cut = events.slice(0, 3)
  const alone = await api.verifyExport(cut)
  assert.deepEqual([alone.intact, alone.endProven], [true, false])
  const lacking = await api.verifyExport(cut, noted)
  assert.deepEqual([lacking.intact, lacking.firstBreak?.seq], [false, 4])
  assert.equal((await api.verifyExport([])).intact, false)
  const kept = await log.verify(noted)
  assert.deepEqual([kept.intact, kept.endProven], [true, true])
  assert.match((await log.verify('ab'.repeat(32))).firstBreak?.reason ?? '', /hash that you noted is missing/)
})
