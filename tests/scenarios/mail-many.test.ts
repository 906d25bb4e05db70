import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { systemAuthor } from '../../server/access/author.ts'
import { startWorker, type Task } from '../../server/jobs/worker.ts'
import { invitationMail } from '../../server/joining/entrance/mails.ts'
import { requeueMail } from '../../server/mail/outbox.ts'
import { queueMail, queueMails } from '../../server/mail/queue.ts'
import { sendMailTask } from '../../server/mail/send.ts'
import { composeMail, type Mail } from '../../server/mail/templates.ts'
import { openTransport } from '../../server/mail/transport.ts'
import { transaction } from '../../server/store/database.ts'
import { closedPort } from '../gate.ts'
import { openQueueLab } from '../queue-lab.ts'
import { until } from '../until.ts'

const links = { publicUrl: 'http://hub.test' }

const lab = await openQueueLab()
const { databaseUrl, db, afterTest, states, jobs, hurry } = lab

test('many mails leave once each, by few jobs; a single one does not wait for them', async () => {
  const smtp = await lab.startSmtp({ thinks: 10 })
  await queue(mailsTo(200))
  assert.equal((await jobs()).length, 8)
  await transaction(db, (tx) => queueMail(tx, systemAuthor, mailTo('urgent@example.net')))
  work(smtp.url)
  await until(async () => (await states()).sent === 201)
  assert.deepEqual([smtp.received.length, new Set(smtp.received.map(({ raw }) => recipientOf(raw))).size], [201, 201])
  const place = smtp.received.findIndex(({ raw }) => recipientOf(raw) === 'urgent@example.net')
  assert.ok(place < 60, `the single mail left as number ${place + 1}`)
  await until(async () => (await jobs()).length === 0)
})

test('other jobs have their turn while many mails go out', async () => {
  const smtp = await lab.startSmtp({ thinks: 40 })
  await queue(mailsTo(150))
  const waited: number[] = []
  work(smtp.url, { other: async (payload) => void waited.push(Date.now() - (payload as { at: number }).at) })
  await until(() => smtp.received.length > 20)
  await sql`select graphile_worker.add_job('other', json_build_object('at', ${Date.now()}::bigint))`.execute(db)
  await until(() => waited.length === 1)
  assert.ok(smtp.received.length < 150, 'mails were still going out')
  await until(async () => (await states()).sent === 150)
})

test('while the mail server is away nothing is lost or slower; when it is back each leaves once', async () => {
  const port = await closedPort()
  work(`smtp://127.0.0.1:${port}`)
  const begun = performance.now()
  await queue(mailsTo(100))
  assert.ok(performance.now() - begun < 30_000)
  await until(async () => (await jobs()).every(({ attempts, locked }) => attempts > 0 && !locked))
  const { rows } = await sql<{ error: string }>`select distinct error from mails where error is not null`.execute(db)
  assert.match(rows[0]?.error ?? '', /ECONNREFUSED/)
  assert.deepEqual(await states(), { queued: 100 })
  const smtp = await lab.startSmtp({}, port)
  await hurry()
  await until(async () => (await states()).sent === 100)
  assert.equal(smtp.received.length, 100)
})

test('what the server has against one mail is about this one only, and tried again for it alone', async () => {
  const smtp = await lab.startSmtp({ answers: ['later', 'ok'], refused: 'person-3@example.net' })
  work(smtp.url)
  await queue(mailsTo(25))
  await until(async () => (await states()).sent === 24)
  assert.deepEqual(await states(), { sent: 24, failed: 1 })
  // The one that was to come later came once more
  const recipients = smtp.received.map(({ raw }) => recipientOf(raw))
  assert.deepEqual([recipients.length, new Set(recipients).size], [25, 24])
  await until(async () => (await jobs()).length === 0)
})

test('a mail that an operator queues once more is not sent by the job of the others too', async () => {
  const smtp = await lab.startSmtp({ refused: 'person-1@example.net' })
  await queue(mailsTo(3))
  const [job] = await jobs()
  const transport = openTransport({ url: smtp.url, from: 'hall@example.org' })
  afterTest(() => transport.close())
  const send = sendMailTask(db, links, transport)
  await send(job?.payload, { lastAttempt: false })
  assert.deepEqual(await states(), { sent: 2, failed: 1 })
  const { rows } = await sql<{ id: string }>`select id from mails where state = 'failed'`.execute(db)
  await transaction(db, (tx) => requeueMail(tx, rows[0]?.id ?? ''))
  await send(job?.payload, { lastAttempt: false })
  assert.deepEqual(await states(), { sent: 2, queued: 1 })
})

test('after the last attempt those that are left are marked as failed', async () => {
  await queue(mailsTo(30))
  const transport = openTransport({ url: `smtp://127.0.0.1:${await closedPort()}`, from: 'hall@example.org' })
  afterTest(() => transport.close())
  const [job] = await jobs()
  await assert.rejects(sendMailTask(db, links, transport)(job?.payload, { lastAttempt: false }), /ECONNREFUSED/)
  assert.deepEqual(await states(), { queued: 30 })
  await sendMailTask(db, links, transport)(job?.payload, { lastAttempt: true })
  assert.deepEqual(await states(), { queued: 5, failed: 25 })
})

test('without a mail server all are kept for the outbox', async () => {
  work(undefined)
  await queue(mailsTo(60))
  await until(async () => (await states()).kept === 60)
})

const nasty = [
  'Lab\r\nBcc: eve@example.net',
  'Lab\nBcc: eve@example.net',
  'Lab\rBcc: eve@example.net',
  'Lab\u2028Bcc: eve@example.net',
  'Lab\u0085Bcc: eve@example.net',
  'Lab\u000bBcc: eve@example.net',
  'Lab=?utf-8?Q?=0D=0ABcc:_eve@example.net?=',
  'Lab\u560d\u560aBcc: eve@example.net',
  `${'x'.repeat(190)}\r\n\r\nBcc: eve@example.net`,
  'Lab\u202e\u0000\ud800',
]

test('no name, label or message of people makes a header line or a second recipient', async () => {
  const smtp = await lab.startSmtp()
  work(smtp.url)
  const letter = {
    to: 'kim@example.net',
    role: 'read',
    expiresAt: new Date(),
    token: 'x',
    proof: 'y',
    recipient: 'account',
  } as const
  await queue(nasty.map((text) => invitationMail({ ...letter, org: text, by: text, message: text })))
  await until(async () => (await states()).sent === nasty.length)
  for (const { raw } of smtp.received) {
    const [head = ''] = raw.split('\r\n\r\n')
    const names = head.split(/\r\n(?![ \t])/).map((line) => line.slice(0, line.indexOf(':')))
    assert.deepEqual(new Set(names).size, names.length, head)
    assert.ok(!names.some((name) => /^bcc$/i.test(name)), head)
    assert.ok(!/[\r\n](?!\n|[ \t]|[A-Za-z-]+:)/.test(head.replaceAll('\r\n', '\n')), head)
    const mail = await PostalMime.parse(raw)
    assert.deepEqual(
      [mail.to?.map(({ address }) => address), mail.cc ?? [], mail.bcc ?? []],
      [['kim@example.net'], [], []],
    )
    assert.ok(!/[\r\n]/.test(mail.subject ?? ''), mail.subject)
  }
  for (const to of nasty)
    assert.throws(() => composeMail({ to: `kim@${to}`, kind: 'invitation', subject: 'x', paragraphs: [] }), to)
})

function mailTo(to: string): Mail {
  return composeMail({ to, kind: 'invitation', subject: 'Hello', paragraphs: ['One.'] })
}

function mailsTo(count: number): Mail[] {
  return Array.from({ length: count }, (_, n) => mailTo(`person-${n}@example.net`))
}

async function queue(mails: Mail[]): Promise<void> {
  await transaction(db, (tx) => queueMails(tx, systemAuthor, mails))
}

function recipientOf(raw: string): string | undefined {
  return raw.match(/^To: (.*)\r$/m)?.[1]
}

function work(smtpUrl: string | undefined, more: Record<string, Task> = {}): void {
  const transport = smtpUrl === undefined ? undefined : openTransport({ url: smtpUrl, from: 'hall@example.org' })
  const tasks = { send_mail: sendMailTask(db, links, transport), ...more }
  const worker = startWorker({ connection: databaseUrl, lanes: [{ tasks, periodic: [] }] })
  afterTest(async () => {
    await worker.stop()
    transport?.close()
  })
}
