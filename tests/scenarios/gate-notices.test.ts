import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { tellOfAccessRequests } from '../../server/repos/gates/notices.ts'
import { type Person, startTestHub } from '../hub.ts'

// Who gets an email about access requests, when, and what waits in the bell.

const hub = await startTestHub()
const admins = ['ada', 'bo', 'cy', 'di', 'eli', 'flo']
const people: Record<string, Person> = {}

const send = async (who: string, method: string, path: string, body?: unknown) => {
  const reply = await hub.request(people[who], method, path, body)
  assert.ok(reply.status < 300, `${who} ${method} ${path}: ${JSON.stringify(reply.body)}`)
  return reply.body
}
const ask = (who: string, repo: string) => send(who, 'POST', `/api/models/${repo}/user-access-request`, { fields: {} })
const settings = (repo: string, body: object, by = 'ada') => send(by, 'PUT', `/api/models/${repo}/settings`, body)
const decide = (repo: string, how: string, body: object) =>
  send('ada', 'POST', `/api/models/${repo}/user-access-request/${how}`, body)

async function gated(name: string, more: object = {}): Promise<string> {
  await send('ada', 'POST', '/api/repos/create', { name, organization: 'acme', private: false })
  await settings(`acme/${name}`, { gated: 'manual', ...more })
  return `acme/${name}`
}

/** What was mailed by some work: to whom, and the subject. */
async function mailed(work: () => Promise<unknown>): Promise<string[]> {
  const before = (await hub.mails()).length
  await work()
  const mails = (await hub.mails()).slice(before)
  return mails.map(({ recipient, subject }) => `${recipient.replace('@example.org', '')}: ${subject}`).sort()
}

before(async () => {
  const roles = Object.fromEntries(admins.map((name) => [name, 'admin']))
  Object.assign(people, (await hub.organization('acme', { ...roles, wil: 'write' })).people)
  for (const name of ['sam', 'tia', 'una']) people[name] = await hub.person(name)
})

describe('a new request', () => {
  it('is told to the first five admins, and waits in the bell of admins', async () => {
    const repo = await gated('first')
    const mails = await mailed(() => ask('sam', repo))
    assert.deepEqual(
      mails,
      admins.slice(0, 5).map((name) => `${name}: sam requested access to acme/first`),
    )
    const waiting = async (who: string) =>
      (await send(who, 'GET', '/api/settings/notifications')).notifications
        .filter(({ kind }: { kind: string }) => kind === 'access_requests')
        .map(({ count, about }: { count: number; about: string }) => `${count} ${about}`)
    assert.deepEqual(await waiting('flo'), ['1 models/acme/first'])
    assert.deepEqual(await waiting('wil'), [])
    await decide(repo, 'handle', { user: 'sam', status: 'accepted' })
    assert.deepEqual(await waiting('flo'), [])
  })

  it('is told to the chosen address alone, or to the owner', async () => {
    const repo = await gated('chosen', { gatedNotificationsEmail: 'weights@example.net' })
    assert.deepEqual(await mailed(() => ask('sam', repo)), ['weights@example.net: sam requested access to acme/chosen'])
    await send('una', 'POST', '/api/repos/create', { name: 'own', private: false })
    await settings('una/own', { gated: 'manual' }, 'una')
    assert.deepEqual(await mailed(() => ask('sam', 'una/own')), ['una: sam requested access to una/own'])
  })

  it('tells no one where it is accepted automatically', async () => {
    const repo = await gated('auto', { gated: 'auto' })
    assert.deepEqual(await mailed(() => ask('sam', repo)), [])
  })

  it('is told once a day, with all others of the repository, where its authors want that', async () => {
    const to = { gatedNotificationsMode: 'bulk', gatedNotificationsEmail: 'weights@example.net' }
    const repo = await gated('daily', to)
    assert.deepEqual(await mailed(() => ask('sam', repo)), [])
    await ask('tia', repo)
    const tell = () => mailed(() => tellOfAccessRequests(hub.db))
    assert.deepEqual(await tell(), ['weights@example.net: 2 people requested access to acme/daily'])
    assert.deepEqual(await tell(), [])
    await ask('una', repo)
    assert.deepEqual(await tell(), ['weights@example.net: 1 person requested access to acme/daily'])
  })
})

describe('a decision', () => {
  it('is told to the person, with the reason of a rejection; a request that is open again is not', async () => {
    const repo = await gated('decided', { gatedNotificationsEmail: 'weights@example.net' })
    await ask('sam', repo)
    const accepted = await mailed(() => decide(repo, 'handle', { user: 'sam', status: 'accepted' }))
    assert.deepEqual(accepted, ['sam: Your request for access to acme/decided was accepted'])
    assert.deepEqual(await mailed(() => decide(repo, 'handle', { user: 'sam', status: 'pending' })), [])
    const reason = { status: 'rejected', rejectionReason: 'Not a lab' }
    const rejected = await mailed(() => decide(repo, 'handle', { user: 'sam', ...reason }))
    assert.deepEqual(rejected, ['sam: Your request for access to acme/decided was rejected'])
    const [last] = (await hub.mails()).slice(-1)
    assert.match(JSON.stringify(last), /Reason: Not a lab/)
  })

  it('about many is told to each of them once, and access without a request as well', async () => {
    const repo = await gated('many', { gatedNotificationsEmail: 'weights@example.net' })
    for (const name of ['sam', 'tia']) await ask(name, repo)
    const both = { status: 'accepted', requests: [{ user: 'sam' }, { user: 'tia' }, { user: 'sam' }] }
    const words = 'Your request for access to acme/many was accepted'
    assert.deepEqual(await mailed(() => decide(repo, 'batch', both)), [`sam: ${words}`, `tia: ${words}`])
    assert.deepEqual(await mailed(() => decide(repo, 'batch', both)), [], 'nothing changed')
    const granted = await mailed(() => decide(repo, 'grant', { user: 'una' }))
    assert.deepEqual(granted, ['una: You have access to acme/many'])
  })
})
