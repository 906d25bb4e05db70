import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import type { bulk } from '../api/index.ts'
import { composeMail, renderMail } from '../server/mail/templates.ts'
import { maxConnections } from '../server/mail/transport.ts'
import { makeDataDir, startProgram } from '../tests/program.ts'
import { atLeast, below, type Figure, timeEach } from './measure.ts'
import { median } from './place.ts'
import { startPeer } from './processes.ts'

const people = 5000
const sample = 200
const rounds = 3
const bareMails = 1000

interface Caller {
  url: string
  token: string
}

/** Bulk invitation beside one request for each, and mails into a real mail server beside nodemailer alone. */
export async function measureInvitations(): Promise<Figure[]> {
  const smtp = await startPeer('smtp', '')
  const smtpUrl = smtp.url.replace('http:', 'smtp:')
  const folder = makeDataDir()
  const environment = { GUILDHALL_LOG_LEVEL: 'warn', DATABASE_URL: '', GUILDHALL_SMTP_URL: smtpUrl }
  const program = await startProgram(folder.path, environment)
  try {
    await program.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
    await program.console('POST', '/api/operator/organizations', { name: 'acme', admin: 'ada' })
    const { body } = await program.console('POST', '/api/operator/people/ada/tokens', { name: 'bench', role: 'write' })
    const caller = { url: program.url, token: String(body.token) }
    const bareRate = await sendBare(smtpUrl)
    const times = await inviteMany(caller)
    return figuresOf(times, await inviteEach(caller), bareRate)
  } finally {
    program.child.kill('SIGTERM')
    await program.ended
    folder.remove()
    await smtp.stop()
  }
}

interface Times {
  plan: number
  apply: number
  mailsPerSecond: number
}

async function inviteMany(caller: Caller): Promise<Times> {
  const found: Times[] = []
  for (let round = 0; round <= rounds; round++) {
    const rows = Array.from({ length: people }, (_, n) => ({ email: `person-${round}-${n}@example.net`, role: 'read' }))
    const begun = performance.now()
    const { planHash } = await post(caller, '/bulk', { mode: 'plan', rows })
    const planned = performance.now()
    const applied = await post(caller, '/bulk', { mode: 'apply', planHash, rows })
    const ended = performance.now()
    const mailsPerSecond = await mailRate(caller, applied.batch ?? '', ended)
    found.push({ plan: planned - begun, apply: ended - planned, mailsPerSecond })
  }
  // The first round is for the code to get warm.
  const middle = (key: keyof Times) => median(found.slice(1).map((times) => times[key]))
  return { plan: middle('plan'), apply: middle('apply'), mailsPerSecond: middle('mailsPerSecond') }
}

async function mailRate(caller: Caller, batch: string, begun: number): Promise<number> {
  for (;;) {
    const { waiting, sent, total } = await call<bulk.InvitationBatch>(caller, `/bulk/${batch}`)
    if (waiting === 0) {
      if (sent !== total) throw new Error(`${sent} of ${total} mails were sent`)
      return total / ((performance.now() - begun) / 1000)
    }
    await sleep(100)
  }
}

async function inviteEach(caller: Caller): Promise<number> {
  const body = (n: number) => ({ email: `single-${n}@example.net`, role: 'read' })
  await timeEach(20, (n) => post(caller, '', body(-1 - n)))
  const times = await timeEach(sample, (n) => post(caller, '', body(n)))
  return (times.reduce((sum, time) => sum + time, 0) / sample) * people
}

// The same library, connections and kind of mail, without a queue that remembers what left.
async function sendBare(url: string): Promise<number> {
  const transport = createTransport({ url, pool: true, maxConnections })
  const words = composeMail({
    to: 'person@example.net',
    kind: 'invitation',
    subject: 'ada invited you to join acme',
    paragraphs: Array.from({ length: 3 }, () => 'ada invited you to join acme with the read role.'),
    button: { label: 'Sign up and join', path: `/join#token=${'x'.repeat(43)}` },
    footer: 'If you weren’t expecting this invitation, you can ignore this email.',
  })
  const mail = { ...words, ...renderMail(words, { publicUrl: 'https://hub.example.org' }) }
  const sendSome = (count: number) =>
    Promise.all(Array.from({ length: count }, () => transport.sendMail({ from: 'hall@example.org', ...mail })))
  await sendSome(100)
  const begun = performance.now()
  await sendSome(bareMails)
  const rate = bareMails / ((performance.now() - begun) / 1000)
  transport.close()
  return rate
}

function figuresOf({ plan, apply, mailsPerSecond }: Times, singly: number, bareRate: number): Figure[] {
  const count = people.toLocaleString('en')
  return [
    { name: `bulk invitation of ${count}, plan`, value: plan, unit: 'ms', verdict: below(plan, 2000) },
    { name: `bulk invitation of ${count}, apply`, value: apply, unit: 'ms', verdict: below(apply, 4000) },
    {
      name: `${count} invitations one request at a time`,
      value: singly,
      unit: 'ms',
      note: `${sample} measured, scaled`,
    },
    { name: 'bulk (plan and apply), as a ratio to one at a time', value: (plan + apply) / singly, unit: '×' },
    {
      name: 'mails into a mail server on loopback',
      value: mailsPerSecond,
      unit: 'mails/s',
      verdict: atLeast(mailsPerSecond, 200),
    },
    {
      name: 'nodemailer alone into the same server',
      value: bareRate,
      unit: 'mails/s',
      note: `${maxConnections} connections`,
    },
    { name: 'mails, as a ratio to nodemailer alone', value: mailsPerSecond / bareRate, unit: '×' },
  ]
}

function post(caller: Caller, path: string, body: unknown): Promise<bulk.BulkInvitations> {
  return call(caller, path, body)
}

async function call<Reply>({ url, token }: Caller, path: string, body?: unknown): Promise<Reply> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(`${url}/api/organizations/acme/invitations${path}`, { headers, ...sent })
  const reply = await answer.json()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(reply).slice(0, 300)}`)
  return reply as Reply
}
