// People accept what an admin offered them at the moment at which that admin is offboarded: each comes in before or not at
// all, and no one waits in a circle.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { sql } from '../../server/store/sql.ts'
import { countDeadlocks } from '../deadlocks.ts'
import { type Person, type Reply, startTestHub, type TestHub } from '../hub.ts'
import { untilWaiting } from '../waiting.ts'

const names = ['pia', 'per', 'pam', 'pit', 'pol']

const deadlocks = countDeadlocks()
let hub: TestHub

before(async () => {
  hub = await startTestHub()
})

interface Lab {
  id: string
  /** An admin who stays, and the one who is offboarded. */
  ada: Person
  kim: Person
  guests: Person[]
  send(by: Person, method: string, path: string, body?: unknown): Promise<Reply>
}

let serial = 0

async function makeLab(): Promise<Lab> {
  const mark = `${serial++}`
  const name = `lab-${mark}`
  const { id, people } = await hub.organization(name, { [`ada-${mark}`]: 'admin', [`kim-${mark}`]: 'admin' })
  const [ada, kim] = Object.values(people) as [Person, Person]
  const guests: Person[] = []
  for (const guest of names) guests.push(await hub.person(`${guest}-${mark}`))
  const send: Lab['send'] = (by, method, path, body) =>
    hub.request(by, method, `/api/organizations/${name}${path}`, body)
  return { id, ada, kim, guests, send }
}

async function done(reply: Promise<Reply>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

type Send = () => Promise<Reply>
type Offer = (lab: Lab) => Promise<{ accepting: Send[]; beside: Send[] }>

const offers: Record<string, Offer> = {
  // The one by name ends when the one by address is accepted.
  'two invitations each': async ({ kim, guests, send }) => {
    const accepting: Send[] = []
    for (const guest of guests) {
      await done(send(kim, 'POST', '/invitations', { username: guest.name, role: 'read' }))
      const { id } = await done(send(kim, 'POST', '/invitations', { email: guest.email, role: 'read' }))
      accepting.push(() => hub.request(guest, 'POST', `/api/settings/invitations/${id}/accept`, {}))
    }
    return { accepting, beside: [] }
  },
  'an invite link, which is revoked': async ({ kim, guests, send }) => {
    const { id, token } = await done(send(kim, 'POST', '/invite-links', { role: 'read' }))
    const accepting = guests.map((guest) => () => hub.request(guest, 'POST', '/api/join/accept', { token }))
    return { accepting, beside: [() => send(kim, 'DELETE', `/invite-links/${id}`)] }
  },
  'an invitation that is resent': async ({ kim, ada, guests, send }) => {
    const accepting: Send[] = []
    const beside: Send[] = []
    for (const guest of guests) {
      const { id } = await done(send(kim, 'POST', '/invitations', { username: guest.name, role: 'read' }))
      accepting.push(() => hub.request(guest, 'POST', `/api/settings/invitations/${id}/accept`, {}))
      beside.push(() => send(guest === guests[0] ? kim : ada, 'POST', `/invitations/${id}/resend`, {}))
    }
    return { accepting, beside }
  },
}

/** Has requests wait for one account, starts each when the ones before wait or are done, and lets all go on at once. */
async function letGoTogether(account: Person, requests: readonly Send[]): Promise<Reply[]> {
  const answers = await hub.db.transaction().execute(async (tx) => {
    await sql`select from users where id = ${account.id} for no key update`.execute(tx)
    const started: Promise<Reply>[] = []
    let finished = 0
    for (const request of requests) {
      const reply = request().finally(() => finished++)
      started.push(reply)
      await untilWaiting(hub.db, reply, started.length - finished)
    }
    return { started }
  })
  return Promise.all(answers.started)
}

async function membersOf({ id }: Lab): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select u.name from memberships m join users u on u.id = m.user_id where m.org_id = ${id} order by u.name`.execute(
    hub.db,
  )
  return rows.map(({ name }) => name)
}

describe('an admin is offboarded while people accept what they offered', () => {
  for (const [what, offer] of Object.entries(offers))
    for (const isLast of [true, false])
      it(`${what}; the offboarding ${isLast ? 'waited last' : 'waited first'}`, async () => {
        const lab = await makeLab()
        const { ada, kim, guests, send } = lab
        const { accepting, beside } = await offer(lab)
        const ending = { mode: 'apply', reason: 'They left.', leaveAsIs: true }
        const offboarding = () => send(ada, 'POST', `/members/${kim.name}/offboard`, ending)
        const others = [...accepting, ...beside]
        const requests = isLast ? [...others, offboarding] : [offboarding, ...others]
        const before = deadlocks()
        const replies = await letGoTogether(kim, requests)
        const of = (request: Send) => replies[requests.indexOf(request)]
        assert.equal(deadlocks() - before, 0, 'deadlocks')
        assert.equal(of(offboarding)?.status, 200, JSON.stringify(of(offboarding)?.body))
        const cameIn = guests.filter((_, index) => of(accepting[index] as Send)?.status === 200)
        assert.deepEqual(await membersOf(lab), [ada, ...cameIn].map(({ name }) => name).sort())
        assert.deepEqual(
          accepting.filter((request) => ![200, 404].includes(of(request)?.status ?? 0)),
          [],
        )
      })
})
