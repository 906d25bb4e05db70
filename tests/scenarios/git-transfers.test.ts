// Transfers that do not go as they should: half of one is sent, the sender goes away or is removed, too many come at
// once, or very little holds very much.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { after, mock, suite, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { blob, commitOf, entryId, flush, packet, pushOf, tree } from '../attacks/packets.ts'
import { makeTarget, requireSound } from '../attacks/place.ts'
import { processesIn } from '../durability/processes.ts'
import type { Person } from '../hub.ts'
import { until } from '../until.ts'

const target = await makeTarget({ storage: { gitTransfers: 4 } })
const { hub, ada, rea, wes, name, head, folder, git, watch } = target

const asked: ClientRequest[] = []
after(() => {
  for (const sent of asked) sent.destroy()
})

/** What is smaller is read to its end before git begins. */
const largePush = 3_000_000

/** A push of one file of random bytes to a branch. */
function someHistory(ref: string, bytes = largePush): Buffer {
  const file = blob(randomBytes(bytes))
  const top = tree([{ mode: '100644', name: 'x.bin', id: entryId(file) }])
  return pushOf([file, top, commitOf(entryId(top), head)], ref)
}

interface HalfSent {
  request: ClientRequest
  /** Sends what is missing, and answers what came back. */
  finish(): Promise<{ status: number; text: string }>
}

/** Sends the first half of a push, and waits until git keeps what has come. */
async function sendHalf(who: Person, push: Buffer, to = { name, folder }): Promise<HalfSent> {
  const before = incomingIn(to.folder)
  const sent = ask(who, 'POST', `/${to.name}.git/git-receive-pack`, {
    'content-type': 'application/x-git-receive-pack-request',
    'content-length': String(push.length),
  })
  const answered = answerTo(sent)
  answered.catch(() => undefined)
  sent.write(push.subarray(0, push.length / 2))
  await until(() => incomingIn(to.folder) > before)
  const finish = () => {
    sent.end(push.subarray(push.length / 2))
    return answered
  }
  return { request: sent, finish }
}

/** How many pushes git has set apart until they are whole. */
function incomingIn(repository: string): number {
  return readdirSync(join(repository, 'objects')).filter((entry) => entry.startsWith('tmp_objdir-incoming')).length
}

function ask(who: Person, method: string, path: string, headers: Record<string, string> = {}): ClientRequest {
  const { hostname, port } = new URL(hub.url)
  const authorization = `Bearer ${who.token}`
  const sent = request({ host: hostname, port, method, path, headers: { authorization, ...headers }, agent: false })
  asked.push(sent)
  return sent
}

function answerTo(sent: ClientRequest): Promise<{ status: number; text: string; headers: IncomingMessage['headers'] }> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', async (answer) => {
      let text = ''
      try {
        for await (const chunk of answer.setEncoding('latin1')) text += chunk
        resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers })
      } catch (error) {
        reject(error)
      }
    })
  })
}

/** Processes of git at work in the repository; those that wait for questions about objects are not at work. */
function working(): number[] {
  return processesIn(folder).filter((pid) => {
    try {
      return !readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('cat-file')
    } catch {
      return false
    }
  })
}

async function requireIdle(): Promise<void> {
  await until(() => working().length === 0)
}

const onlyLinux = { skip: process.platform !== 'linux' && 'looks into /proc' }

suite('transfers', onlyLinux, () => {
  test('who loses the right to write while a push streams is refused, whatever the way', async () => {
    const ways: Record<string, (person: Person) => Promise<{ status: number }>> = {
      removed: (person) => hub.request(ada, 'DELETE', `/api/organizations/acme/members/${person.name}`),
      demoted: (person) =>
        hub.request(ada, 'PUT', `/api/organizations/acme/members/${person.name}/role`, { role: 'read' }),
      'left by themselves': (person) => hub.request(person, 'POST', '/api/organizations/acme/leave', {}),
    }
    for (const [way, act] of Object.entries(ways)) {
      const check = watch()
      const person = await hub.person(`p-${way.split(' ')[0]}`)
      const added = { username: person.name, role: 'write' }
      assert.equal((await hub.console('POST', '/api/operator/organizations/acme/members', added)).status, 201)
      const half = await sendHalf(person, someHistory('refs/heads/late'))
      assert.ok([200, 204].includes((await act(person)).status), way)
      const { status, text } = await half.finish()
      assert.equal(status, 200)
      assert.match(text, /ng refs\/heads\/late pre-receive hook declined/, way)
      assert.ok(text.includes('\u0002'), `${way}: the pusher is told nothing: ${text}`)
      await requireIdle()
      check()
    }
  })

  test('a repository that is deleted while a push streams takes nothing, and does not come back', async () => {
    const made = await hub.request(ada, 'POST', '/api/repos/create', { name: 'brief', organization: 'acme' })
    assert.equal(made.status, 200)
    const place = join(target.dataDir, 'repositories', made.body.id.slice(-2), `${made.body.id}.git`)
    const half = await sendHalf(ada, someHistory('refs/heads/late'), { name: 'acme/brief', folder: place })
    const gone = await hub.request(ada, 'DELETE', '/api/repos/delete', { name: 'brief', organization: 'acme' })
    assert.equal(gone.status, 200)
    const { text } = await half.finish()
    assert.doesNotMatch(text, /[0-9a-f]{4}ok refs/)
    assert.equal((await hub.request(ada, 'GET', '/api/models/acme/brief')).status, 404)
    const folders = readdirSync(join(target.dataDir, 'repositories'), { recursive: true, encoding: 'utf8' })
    assert.deepEqual(
      folders.filter((path) => path.includes(made.body.id)),
      [],
    )
  })

  test('when the caller goes, git ends, its place is free, and nothing is left', async () => {
    const check = watch()
    for (let round = 0; round < 4; round++) {
      const half = await sendHalf(ada, someHistory('refs/heads/late'))
      half.request.destroy()
      await requireIdle()
    }
    check()
    const large = await target.push(someHistory('refs/heads/large', 40_000_000), ada)
    assert.match(String(large.body), /ok refs\/heads\/large/)
    for (let round = 0; round < 4; round++) {
      const sent = ask(rea, 'POST', `/${name}.git/git-upload-pack`, {
        'content-type': 'application/x-git-upload-pack-request',
      })
      sent.on('error', () => undefined)
      const begun = new Promise((resolve) => sent.once('response', (answer) => answer.once('data', resolve)))
      const want = git('rev-parse', 'large')
      sent.end(Buffer.concat([packet(`want ${want}\n`), flush, packet('done\n')]))
      await begun
      sent.destroy()
      await requireIdle()
    }
  })

  test('a small request that holds a large one is refused before git sees it', async () => {
    const before = process.memoryUsage.rss()
    const want = packet(`want ${head}\n`)
    const many = Buffer.concat(Array.from({ length: 400_000 }, () => want))
    const deletion = packet(`${head} ${'0'.repeat(40)} refs/heads/x\n`)
    const services = {
      'upload-pack': many,
      'receive-pack': Buffer.concat(Array.from({ length: 200_000 }, () => deletion)),
    }
    for (const [service, bytes] of Object.entries(services)) {
      const send = (body: Buffer) => {
        const type = { 'content-type': `application/x-git-${service}-request`, 'content-encoding': 'gzip' }
        const sent = ask(ada, 'POST', `/${name}.git/git-${service}`, type)
        sent.end(body)
        return answerTo(sent)
      }
      assert.equal((await send(gzipSync(bytes))).status, 413, service)
      assert.equal((await send(Buffer.from('no gzip'))).status, 400, service)
      await assert.rejects(send(gzipSync(bytes).subarray(0, 100)).then(({ status }) => assert.equal(status, 200)))
    }
    await requireIdle()
    assert.ok(process.memoryUsage.rss() - before < 300 * 1024 * 1024)
  })

  test('a push names at most ten thousand references', async () => {
    const lines = Array.from({ length: 10_001 }, (_, n) => packet(`${head} ${'0'.repeat(40)} refs/heads/no-${n}\n`))
    const sent = ask(ada, 'POST', `/${name}.git/git-receive-pack`, {
      'content-type': 'application/x-git-receive-pack-request',
    })
    sent.end(Buffer.concat([...lines, Buffer.from('0000')]))
    assert.equal((await answerTo(sent)).status, 413)
  })

  test('an answer is whole, however soon git ends after it', async () => {
    const heard = await Promise.all(
      Array.from({ length: 60 }, () => {
        const path = `/${name}.git/info/refs?service=git-upload-pack`
        const sent = ask(rea, 'GET', path, { 'git-protocol': 'version=2' })
        sent.end()
        return answerTo(sent)
      }),
    )
    for (const { status, text } of heard) assert.deepEqual([status, text.slice(-4)], [200, '0000'])
  })

  test('git is told that it may push before it sends much, and only then', async () => {
    const probe = async (who: Person, body: string) => {
      const type = { 'content-type': 'application/x-git-receive-pack-request', 'content-length': `${body.length}` }
      const sent = ask(who, 'POST', `/${name}.git/git-receive-pack`, type)
      sent.end(body)
      const { status, text } = await answerTo(sent)
      return [status, status === 200 ? String(text) : '']
    }
    assert.deepEqual(await probe(ada, '0000'), [200, ''])
    assert.deepEqual(await probe(ada, 'PACK'), [400, ''])
    assert.deepEqual(await probe(rea, '0000'), [403, ''])
    await requireIdle()
  })

  test('beyond the limit callers wait their turn, one after the other by who they are; beyond that they hear 503', async () => {
    const una = await hub.person('una')
    const member = { username: 'una', role: 'read' }
    assert.equal((await hub.console('POST', '/api/operator/organizations/acme/members', member)).status, 201)
    const halves = [
      await sendHalf(ada, someHistory('refs/heads/first')),
      await sendHalf(ada, someHistory('refs/heads/second')),
      await sendHalf(wes, someHistory('refs/heads/third')),
      await sendHalf(wes, someHistory('refs/heads/fourth')),
    ]
    const path = `/${name}.git/info/refs?service=git-upload-pack`
    const order: string[] = []
    const waiting = (who: Person) => {
      const sent = ask(who, 'GET', path)
      sent.end()
      return answerTo(sent).then(({ status, headers }) => {
        order.push(who.name)
        return { status, retry: headers['retry-after'] }
      })
    }
    const entering = mock.method(hub.running.server.hub.git.transfers, 'enter')
    const crowd = Array.from({ length: 100 }, () => waiting(rea))
    for (const one of crowd) one.catch(() => undefined)
    await until(() => entering.mock.callCount() === crowd.length)
    const single = waiting(una)
    await until(() => entering.mock.callCount() > crowd.length)
    const beyond = await Promise.all(Array.from({ length: 5 }, () => waiting(rea)))
    for (const { status, retry } of beyond) {
      assert.equal(status, 503)
      assert.match(retry ?? '', /^\d+$/)
    }
    assert.deepEqual(order.splice(0), Array(5).fill('rea'), 'someone was served although all places are taken')
    for (const half of halves) assert.match((await half.finish()).text, /ok refs/)
    assert.equal((await single).status, 200)
    const before = order.indexOf('una')
    assert.ok(before < 20, `served after ${before} requests of someone who came earlier`)
    const served = await Promise.all(crowd)
    assert.ok(served.every(({ status }) => status === 200 || status === 503))
    assert.ok(served.filter(({ status }) => status === 200).length > 20)
    await requireIdle()
    requireSound(folder)
  })
})
