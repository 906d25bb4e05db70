import { readdirSync, readFileSync } from 'node:fs'
import { digest, randomText } from '../server/kernel/secret.ts'
import {
  answerTo,
  assertionXml,
  bothSides,
  encrypt,
  idpMetadata,
  posted,
  requestIn,
  responseXml,
  type Sides,
  sign,
} from '../tests/saml/idp.ts'
import { type Signing, startPreparedProvider } from './openid.ts'
import type { BenchWorld } from './world.ts'

/** The organizations that sign in, by protocol. */
export const orgs = { saml: 'members-1000', oidc: 'members-10000' } as const
export const clientId = 'guildhall'

/** A sign-in whose answer is ready: from here on, the work is the hub's alone. */
export interface Ready {
  /** Hands the answer of the identity provider in, and is signed in. */
  finish(): Promise<void>
}

/** A response as it is posted, and what it answers. */
export interface PreparedResponse {
  samlResponse: string
  relayState: string
}

/** A hub with two organizations that enforce SSO, and people who are signed in to their accounts. */
export interface SsoLab {
  sides: Sides
  /** Begins a sign-in of a person and prepares the answer. */
  begin(person: number, how: 'signed' | 'encrypted' | 'oidc'): Promise<Ready>
  beginSaml(person: number, isEncrypted?: boolean): Promise<PreparedResponse>
  beginOidc(person: number, lie?: Record<string, unknown>, signing?: Signing): Promise<string>
  post(answer: PreparedResponse): Promise<Response>
  complete(person: number, org: string, query: string): Promise<Response>
  stop(): void
}

/** Sets both organizations up, with role mappings that change every role at the first sign-in. */
export async function startSsoLab(url: string, world: BenchWorld): Promise<SsoLab> {
  const people = new Map<number, string>()
  const cookieOf = async (person: number) => {
    const known = people.get(person)
    if (known !== undefined) return known
    const secret = await makeSession(world, person)
    people.set(person, secret)
    return secret
  }
  const send = async (person: number, [method, path]: [string, string], body: unknown) => {
    const headers = { 'content-type': 'application/json', cookie: `guildhall_session=${await cookieOf(person)}` }
    return fetch(url + path, { method, headers, body: JSON.stringify(body) })
  }
  const provider = await startPreparedProvider(clientId)
  const sides = await setUp(send, provider.issuer)
  await world.query(`update organizations set sso_mode = 'enforced' where name = any($1)`, [Object.values(orgs)])
  const begin = async (person: number, org: string) => {
    const reply = await read(await send(person, ['POST', `/api/organizations/${org}/sso/sign-in`], {}))
    return String(reply.location)
  }
  const complete = (person: number, org: string, query: string) =>
    send(person, ['POST', `/api/organizations/${org}/sso/complete`], { query })
  const post = ({ samlResponse, relayState }: PreparedResponse) =>
    fetch(`${url}/sso/${orgs.saml}/acs`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'https://idp.test', 'sec-fetch-site': 'cross-site', accept: 'text/html' },
      body: new URLSearchParams({ SAMLResponse: samlResponse, RelayState: relayState }),
    })
  const lab: SsoLab = {
    ...{ sides, post, complete, stop: provider.stop },
    async beginSaml(person, isEncrypted = false) {
      const { requestId, relayState } = requestIn(await begin(person, orgs.saml))
      return { samlResponse: await responseTo(sides, { requestId, person, isEncrypted }), relayState }
    },
    async beginOidc(person, lie, signing) {
      const email = `person-${person}@example.org`
      const claims = { sub: email, email, email_verified: true, roles: ['staff'], ...lie }
      return provider.prepare(await begin(person, orgs.oidc), claims, signing)
    },
    async begin(person, how) {
      if (how === 'oidc') {
        const query = await lab.beginOidc(person)
        return { finish: async () => void (await read(await complete(person, orgs.oidc, query))) }
      }
      const answer = await lab.beginSaml(person, how === 'encrypted')
      const finish = async () => {
        const reply = await post(answer)
        await reply.arrayBuffer()
        const { search } = new URL(reply.headers.get('location') ?? '')
        await read(await complete(person, orgs.saml, search))
      }
      return { finish }
    },
  }
  return lab
}

type Send = (person: number, [method, path]: [string, string], body: unknown) => Promise<Response>

// Person 0 is the admin of both.
async function setUp(send: Send, issuer: string): Promise<Sides> {
  const put = async (org: string, tail: string, body: unknown) =>
    read(await send(0, ['PUT', `/api/organizations/${org}/settings/sso${tail}`], body))
  const sides = await bothSides()
  const set = await put(orgs.saml, '/saml', { metadata: idpMetadata(sides) })
  const { pem } = set.certificate as { pem: string }
  const roleMapping = [
    { value: 'boss', role: 'admin' },
    { value: 'staff', role: 'write' },
  ]
  const rules = { emailDomains: ['example.org'], rolePath: 'roles', roleMapping }
  await put(orgs.saml, '', { protocol: 'saml', ...rules })
  await put(orgs.oidc, '', { protocol: 'oidc', oidc: { issuer, clientId, clientSecret: 'bench' }, ...rules })
  const sp = { ...sides.sp, entityId: String(set.entityId), acsUrl: String(set.acsUrl), certificate: pem }
  return { ...sides, sp }
}

async function responseTo(
  sides: Sides,
  { requestId, person, isEncrypted }: { requestId: string; person: number; isEncrypted: boolean },
): Promise<string> {
  const named = { id: `_${randomText(24)}`, requestId, nameId: `person-${person}@example.org` }
  const answer = answerTo(sides, new Date(), { ...named, attributes: { roles: ['staff'] } })
  const assertion = sign(assertionXml(answer), 'Assertion', sides.keys)
  return posted(responseXml(answer, isEncrypted ? await encrypt(assertion, sides.sp.certificate) : assertion))
}

async function read(reply: Response): Promise<Record<string, unknown>> {
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${reply.url}: ${reply.status} ${text}`)
  return JSON.parse(text) as Record<string, unknown>
}

async function makeSession(world: BenchWorld, person: number): Promise<string> {
  const secret = randomText(40)
  await world.query(
    `insert into sessions (id, user_id, hash, rotated_at, created_at, last_seen_at, confirmed_at, expires_at)
     select id, id, $1, now(), now(), now(), now(), now() + interval '1 day' from users where name = $2`,
    [digest(secret), `person-${person}`],
  )
  return secret
}

/** Processor time of a process and all its threads until now, in milliseconds. */
export function processorMs(pid: number): number {
  const folder = `/proc/${pid}/task`
  const nanoseconds = readdirSync(folder).map((thread) => {
    try {
      return Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[0])
    } catch {
      // The thread has just ended
      return 0
    }
  })
  return nanoseconds.reduce((sum, part) => sum + part, 0) / 1e6
}
