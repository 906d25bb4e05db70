import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { systemAuthor } from '../../server/access/author.ts'
import { authorize } from '../../server/access/authorize.ts'
import type { Caller } from '../../server/access/permit.ts'
import { retryMail } from '../../server/audit/outbox.ts'
import { jobCounts } from '../../server/jobs/counts.ts'
import { migrateJobs, newestJobMigration } from '../../server/jobs/migrate.ts'
import { type JobWorker, startWorker, type Task } from '../../server/jobs/worker.ts'
import { listOutbox, mailCounts } from '../../server/mail/outbox.ts'
import { queueMail } from '../../server/mail/queue.ts'
import { sendMailTask } from '../../server/mail/send.ts'
import { composeMail, type MailWords, renderMail } from '../../server/mail/templates.ts'
import { type MailTransport, openTransport } from '../../server/mail/transport.ts'
import { transaction } from '../../server/store/database.ts'
import { closedPort } from '../gate.ts'
import { openQueueLab } from '../queue-lab.ts'
import { until } from '../until.ts'

const from = 'Guildhall <hall@example.org>'
const words: MailWords = { to: 'ada@example.org', kind: 'security', subject: 'Hello', paragraphs: ['One.', 'Two.'] }

const links = { publicUrl: 'http://hub.test' }
const operator: Caller = {
  credential: { kind: 'console' },
  request: { id: 'test', ip: '', userAgent: undefined },
}

const workers: { worker: JobWorker; transport: MailTransport | undefined }[] = []

const lab = await openQueueLab()
const { databaseUrl, db, afterTest, states, jobs, hurry } = lab

test('a mail holds what it was given, escaped, and no link but the button', () => {
  const composed = composeMail({
    to: 'ada@example.org',
    kind: 'invitation',
    subject: 'Join <b>lab</b>\r\nBcc: eve@example.org\u2028x',
    paragraphs: ['<script>alert(1)</script> & "you"', 'See http://evil.test or www.evil.test'],
    button: { label: 'Accept\n"now"', path: '/join?a=1&b="><script>' },
    footer: 'You get this because\nof <i>that</i>.',
  })
  const mail = renderMail(composed, { publicUrl: 'https://hub.test' })
  assert.equal(composed.subject, 'Join <b>lab</b> Bcc: eve@example.org x')
  for (const bad of ['<script', '<b>', '<i>', '"now"']) assert.ok(!mail.html.includes(bad), bad)
  assert.deepEqual(
    [...mail.html.matchAll(/href="([^"]*)"/g)].map((found) => found[1]),
    ['https://hub.test/join?a=1&amp;b=%22%3E%3Cscript%3E'],
  )
  const links = [...mail.text.matchAll(/https?:\/\/\S+|www\.\S+/g)].map((found) => found[0])
  assert.deepEqual(links, ['https://hub.test/join?a=1&b=%22%3E%3Cscript%3E'])
  for (const to of ['', 'ada', 'a@b\r\nBcc: c@d', 'a@b,c@d', 'Ada <a@b>', 'a@b c@d', `${'a'.repeat(320)}@b`]) {
    assert.throws(() => composeMail({ ...words, to }), to)
  }
  for (const path of ['javascript:alert(1)', 'data:text/html,x', 'join', 'https://x.test/', '//x.test', '/\\x.test']) {
    assert.throws(() => composeMail({ ...words, button: { label: 'x', path } }), path)
  }
  for (const path of ['/join/s3cret', '/join?token=s3cret', '/join?token=s3cret#x'])
    assert.throws(() => composeMail({ ...words, button: { label: 'x', path, secret: 's3cret' } }), /behind #/, path)
})

test('the number of the newest migration of the queue is that of the library', async () => {
  const folder = new URL('../../node_modules/graphile-worker/sql/', import.meta.url)
  assert.equal(Math.max(...readdirSync(folder).map((name) => Number.parseInt(name, 10))), newestJobMigration)
  const began = performance.now()
  await migrateJobs(databaseUrl)
  assert.ok(performance.now() - began < 30_000)
})

test('a mail goes out as it was written, once, and its text is not kept', async () => {
  const smtp = await lab.startSmtp()
  work({ smtpUrl: smtp.url })
  const button = { label: 'Go', path: '/secret-link' }
  await queue({ ...words, subject: 'Zoë 🦜', paragraphs: ['Grüße', '.', 'x'.repeat(2000)], button })
  await until(async () => (await states()).sent === 1)
  assert.equal(smtp.received.length, 1)
  const mail = await PostalMime.parse(smtp.received[0]?.raw ?? '')
  assert.deepEqual(
    [mail.subject, mail.from?.address, mail.to?.map((to) => to.address)],
    ['Zoë 🦜', 'hall@example.org', ['ada@example.org']],
  )
  assert.match(mail.text ?? '', /^Grüße\n\n\.\n\nx{2000}\n\nGo:\nhttp:\/\/hub\.test\/secret-link\n/)
  assert.match(mail.html ?? '', /Grüße/)
  const [stored] = await outbox()
  assert.equal(mail.messageId, `<${stored?.id}@example.org>`)
  assert.ok(stored?.sentAt && stored.isBlank)
  const { rows } = await sql<{ body: string }>`select body::text from mails`.execute(db)
  assert.ok(!JSON.stringify(rows).includes('secret-link'))
})

test('a mail whose change was rolled back is never sent', async () => {
  const smtp = await lab.startSmtp()
  work({ smtpUrl: smtp.url })
  await assert.rejects(
    transaction(db, async (tx) => {
      await queueMail(tx, systemAuthor, composeMail(words))
      throw new Error('no')
    }),
  )
  await transaction(db, (tx) => queueMail(tx, systemAuthor, composeMail(words)), { dryRun: true })
  await queue({ ...words, subject: 'Second' })
  await until(async () => (await states()).sent === 1)
  await until(async () => (await jobs()).length === 0)
  assert.deepEqual(
    smtp.received.map((mail) => mail.raw.match(/Subject: (.*)\r/)?.[1]),
    ['Second'],
  )
})

test('without a mail server mail is kept, and an operator can queue it again', async () => {
  work({})
  for (const subject of ['First', 'Second', 'Third']) await queue({ ...words, subject })
  await until(async () => (await states()).kept === 3)
  const permit = await authorize(db, operator, 'operator.listOutbox')
  const page = await listOutbox(db, permit, { limit: 2 })
  assert.deepEqual(
    page.items.map((mail) => mail.subject),
    ['Third', 'Second'],
  )
  const rest = await listOutbox(db, permit, { limit: 2, cursor: page.next })
  assert.deepEqual([rest.items.map((mail) => mail.subject), rest.next], [['First'], undefined])
  assert.deepEqual(
    (await listOutbox(db, permit, { limit: 9, search: 'SECO' })).items.map((mail) => mail.subject),
    ['Second'],
  )
  assert.equal((await listOutbox(db, permit, { limit: 9, search: '%' })).items.length, 0)

  const smtp = await lab.startSmtp()
  await stopWorkers()
  work({ smtpUrl: smtp.url })
  const id = rest.items[0]?.id ?? ''
  const retry = await authorize(db, operator, 'operator.retryMail')
  assert.deepEqual(await retryMail(db, retry, { id }), { success: true })
  await until(async () => (await states()).sent === 1)
  await assert.rejects(retryMail(db, retry, { id }), { code: 'Conflict' })
  await assert.rejects(retryMail(db, retry, { id: '0'.repeat(24) }), { code: 'NotFound' })
  const events = await db.selectFrom('audit_events').select(['scope', 'type', 'event']).execute()
  assert.deepEqual(
    events.map(({ scope, type }) => [scope, type]),
    [['instance', 'operator.retry_mail']],
  )
  assert.ok(!events[0]?.event.includes('Two.'))
})

test('a mail server that is away is tried again; the copy after a lost answer is the same message', async () => {
  const smtp = await lab.startSmtp({ answers: ['drop', 'later', 'ok'] })
  work({ smtpUrl: smtp.url })
  await queue(words)
  for (const attempts of [1, 2]) {
    await until(async () => (await jobs())[0]?.attempts === attempts && (await outbox())[0]?.error !== null)
    assert.deepEqual(await mailCounts(db), { queued: 1, failed: 0 })
    await hurry()
  }
  await until(async () => (await states()).sent === 1)
  const ids = smtp.received.map((mail) => mail.raw.match(/Message-ID: (.*)\r/)?.[1])
  assert.deepEqual([ids.length, new Set(ids).size], [3, 1])
  assert.equal((await outbox())[0]?.error, null)
  await until(async () => (await jobCounts(db)).waiting === 0)
})

test('a recipient that is refused for good fails at once; the last attempt fails too', async () => {
  const smtp = await lab.startSmtp({ refused: 'nobody@example.org' })
  work({ smtpUrl: smtp.url })
  await queue({ ...words, to: 'nobody@example.org' })
  await until(async () => (await states()).failed === 1)
  assert.match((await outbox())[0]?.error ?? '', /no such person/)
  assert.deepEqual(await mailCounts(db), { queued: 0, failed: 1 })
  await until(async () => (await jobCounts(db)).waiting === 0)
  assert.equal((await jobCounts(db)).failed, 0)

  await stopWorkers()
  work({ smtpUrl: `smtp://127.0.0.1:${await closedPort()}` })
  await transaction(db, async (tx) => {
    await queueMail(tx, systemAuthor, composeMail({ ...words, subject: 'Last' }))
    await sql`update graphile_worker._private_jobs set attempts = max_attempts - 1`.execute(tx)
  })
  await until(async () => (await states()).failed === 2)
  assert.match((await outbox())[0]?.error ?? '', /ECONNREFUSED/)
})

test('errors never say the password of the mail server', async () => {
  const smtp = await lab.startSmtp({ password: 'right' })
  const password = 'pass/word:17'
  work({ smtpUrl: `smtp://hall:${encodeURIComponent(password)}@127.0.0.1:${smtp.port}` })
  await queue(words)
  await until(async () => (await outbox())[0]?.error !== null)
  const kept = JSON.stringify([await outbox(), await jobs()])
  assert.match(kept, /535/)
  for (const secret of [password, encodeURIComponent(password), Buffer.from(password).toString('base64')]) {
    assert.ok(!kept.includes(secret))
  }
})

test('a mail that a killed process was sending goes out from another', async () => {
  await queue(words)
  await sql`update graphile_worker._private_jobs set attempts = 1, locked_by = 'pool-of-the-dead',
    locked_at = clock_timestamp() - interval '1 minute'`.execute(db)
  const smtp = await lab.startSmtp()
  work({ smtpUrl: smtp.url })
  await until(async () => (await states()).sent === 1)
})

test('a mail that was handed out to no one, because the connection was cut, goes out too', async () => {
  const smtp = await lab.startSmtp()
  work({ smtpUrl: smtp.url })
  await queue(words)
  await until(async () => (await states()).sent === 1)
  let name: string | undefined
  await until(async () => {
    const { rows } = await sql<{ name: string }>`select application_name as name from pg_stat_activity
      where datname = current_database() and application_name like 'pool-%'`.execute(db)
    name = rows[0]?.name
    return name !== undefined
  })
  await transaction(db, async (tx) => {
    await queueMail(tx, systemAuthor, composeMail(words))
    await sql`update graphile_worker._private_jobs set attempts = 1, locked_by = ${name},
      locked_at = clock_timestamp() - interval '6 seconds'`.execute(tx)
  })
  await until(async () => (await states()).sent === 2)
})

test('two workers send each mail once', async () => {
  const smtp = await lab.startSmtp()
  work({ smtpUrl: smtp.url })
  work({ smtpUrl: smtp.url })
  await Promise.all(
    Array.from({ length: 60 }, (_, n) => queue({ ...words, to: `ada-${n}@example.org`, subject: `Mail ${n}` })),
  )
  await until(async () => (await states()).sent === 60)
  assert.equal(new Set(smtp.received.map((mail) => mail.raw.match(/Message-ID: (.*)\r/)?.[1])).size, 60)
  assert.equal(smtp.received.length, 60)
})

test('the worker outlives PostgreSQL and carries on when it is back', async () => {
  const gate = await lab.startGate()
  const smtp = await lab.startSmtp()
  work({ smtpUrl: smtp.url, connection: gate.url })
  await queue({ ...words, subject: 'Before' })
  await until(async () => (await states()).sent === 1)
  await gate.turnAway()
  await queue({ ...words, subject: 'Meanwhile' })
  await until(() => gate.turnedAway() > 3)
  assert.deepEqual(await states(), { sent: 1, queued: 1 })
  await gate.open()
  await until(async () => (await states()).sent === 2)
  await queue({ ...words, subject: 'After' })
  await until(async () => (await states()).sent === 3)
})

test('losing PostgreSQL at the moment a job ends neither ends the process nor loses the job', async () => {
  const gate = await lab.startGate()
  const ended: string[] = []
  const mayEnd = Promise.withResolvers<void>()
  const slow = (name: string, error?: Error) => async () => {
    await mayEnd.promise
    ended.push(name)
    if (error && ended.length < 3) throw error
  }
  const tasks = { well: slow('well'), badly: slow('badly', new Error('no')) }
  const worker = startWorker({ connection: gate.url, lanes: [{ tasks, periodic: [] }] })
  afterTest(() => worker.stop())
  await sql`select graphile_worker.add_job('well'), graphile_worker.add_job('badly')`.execute(db)
  await until(async () => (await jobs()).every((job) => job.locked))
  await gate.turnAway()
  mayEnd.resolve()
  await until(() => ended.length === 2)
  const before = gate.turnedAway()
  await until(() => gate.turnedAway() > before + 3)
  await gate.open()
  await sql`update graphile_worker._private_jobs set locked_at = clock_timestamp() - interval '1 minute'`.execute(db)
  await until(async () => (await jobs()).length === 0)
  assert.deepEqual(ended.toSorted(), ['badly', 'badly', 'well', 'well'])
})

test('a worker that starts without PostgreSQL begins when it is there, and stops at once', async () => {
  const gate = await lab.startGate()
  await gate.turnAway()
  const worker = work({ connection: gate.url })
  await queue(words)
  await until(() => gate.turnedAway() > 1)
  await gate.open()
  await until(async () => (await states()).kept === 1)
  const began = performance.now()
  await worker.stop()
  assert.ok(performance.now() - began < 30_000)
})

test('a task that throws is tried again', async () => {
  const seen: string[] = []
  const tasks: Record<string, Task> = {
    flaky: async (payload, { attempt, lastAttempt }) => {
      seen.push(`${JSON.stringify(payload)} ${attempt} ${lastAttempt}`)
      if (attempt < 3) throw new Error('not yet')
    },
  }
  const worker = startWorker({ connection: databaseUrl, lanes: [{ tasks, periodic: [] }] })
  afterTest(() => worker.stop())
  await sql`select graphile_worker.add_job('flaky', '{"a":1}', max_attempts => 3)`.execute(db)
  for (const count of [1, 2]) {
    await until(() => seen.length === count)
    await hurry()
  }
  await until(() => seen.includes('{"a":1} 3 true'))
})

function work({ smtpUrl, connection }: { smtpUrl?: string; connection?: string }): JobWorker {
  const transport = smtpUrl === undefined ? undefined : openTransport({ url: smtpUrl, from })
  const worker = startWorker({
    connection: connection ?? databaseUrl,
    lanes: [{ tasks: { send_mail: sendMailTask(db, links, transport) }, periodic: [] }],
  })
  workers.push({ worker, transport })
  if (workers.length === 1) afterTest(stopWorkers)
  return worker
}

async function stopWorkers(): Promise<void> {
  for (const { worker, transport } of workers.splice(0)) {
    await worker.stop()
    transport?.close()
  }
}

async function queue(mail: MailWords): Promise<void> {
  await transaction(db, (tx) => queueMail(tx, systemAuthor, composeMail(mail)))
}

async function outbox() {
  return (await listOutbox(db, await authorize(db, operator, 'operator.listOutbox'), { limit: 1000 })).items
}
