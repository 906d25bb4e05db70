import { createVerify } from 'node:crypto'
import { SAML } from '@node-saml/node-saml'
import { DOMParser } from '@xmldom/xmldom'
import { ExclusiveCanonicalization } from 'xml-crypto'
import { digest, randomText } from '../server/kernel/secret.ts'
import { createServiceProviderKey } from '../server/sso/saml/service-provider.ts'
import { attacks } from '../tests/saml/attacks.ts'
import { heavyAttacks } from '../tests/saml/heavy.ts'
import { requestId } from '../tests/saml/idp.ts'
import { below, type Figure, percentile, timeEach } from './measure.ts'
import type { Signing } from './openid.ts'
import { residentMegabytes, watchMemory } from './processes.ts'
import { orgs, processorMs, type Ready, type SsoLab, startSsoLab } from './sso-lab.ts'
import type { BenchWorld } from './world.ts'

const wall = 200
const rounds = 200
const warmUp = 40
const tries = 5
// Each group of people signs in once or twice, so that no one reaches a limit.
const first = { wall: 1, signed: 300, encrypted: 600, warm: 900 }

/** What a sign-in costs, 200 at once, and what an answer costs that signs no one in. */
export async function measureSso(url: string, world: BenchWorld, hubProcess: number): Promise<Figure[]> {
  const lab = await startSsoLab(url, world)
  try {
    for (let at = 0; at < warmUp; at++)
      await (await lab.begin(first.warm + at, at % 2 ? 'signed' : 'encrypted')).finish()
    const one = [await oneByOne(lab, 'signed'), await oneByOne(lab, 'encrypted')]
    const alone = await libraryAlone(lab)
    const many = [await atOnce(lab, 'signed', hubProcess), await atOnce(lab, 'oidc', hubProcess)]
    const refused = [await dearestResponse(lab, world, hubProcess), await dearestToken(lab, hubProcess)]
    return [...one, ...alone, ...many.flat(), ...refused]
  } finally {
    lab.stop()
  }
}

async function oneByOne(lab: SsoLab, how: 'signed' | 'encrypted'): Promise<Figure> {
  const ready: Ready[] = []
  for (let at = 0; at < rounds; at++) ready.push(await lab.begin(first[how] + at, how))
  const times = await timeEach(rounds, (at) => ready[at]?.finish() ?? Promise.resolve())
  return {
    name: `${how === 'signed' ? 'a signed' : 'an encrypted'} SAML response checked, and a session made`,
    value: percentile(times, 50),
    unit: 'ms',
    verdict: below(percentile(times, 50), 50),
    note: `median of ${rounds} first sign-ins, which change the role, and of both requests: the response, and the page after it. 1 of 100 takes ${percentile(times, 99).toFixed(0)} ms or more`,
  }
}

/** The same responses in this process, without a hub: by the library, and the work of the processor that no one can save. */
async function libraryAlone(lab: SsoLab): Promise<Figure[]> {
  const { samlResponse } = await lab.beginSaml(first.warm)
  const library = await timeEach(rounds, () => validate(lab, samlResponse))
  const bare = await timeEach(rounds, async () => verifyBare(lab, samlResponse))
  return [
    {
      name: 'the same response checked by @node-saml/node-saml alone',
      value: percentile(library, 50),
      unit: 'ms',
      note: 'no hub, no database, no session; it leaves out several checks',
    },
    {
      name: 'one RSA-2048 verification and the canonical form of the assertion',
      value: percentile(bare, 50),
      unit: 'ms',
      note: 'what is left when everything else is taken away',
    },
  ]
}

async function validate({ sides }: SsoLab, samlResponse: string): Promise<void> {
  const saml = new SAML({
    ...{ issuer: sides.sp.entityId, callbackUrl: sides.sp.acsUrl, idpCert: sides.keys.certificate },
    ...{ audience: sides.sp.entityId, wantAuthnResponseSigned: false },
  })
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: samlResponse })
  if (!profile?.nameID) throw new Error('no one signed in')
}

function verifyBare({ sides }: SsoLab, samlResponse: string): void {
  const xml = Buffer.from(samlResponse, 'base64').toString()
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const only = (name: string) => document?.getElementsByTagNameNS('*', name)[0]
  const canonical = (name: string) =>
    new ExclusiveCanonicalization().process(only(name) as never, { ancestorNamespaces: [] }).toString()
  canonical('Assertion')
  const verify = createVerify('RSA-SHA256').update(canonical('SignedInfo'))
  if (!verify.verify(sides.keys.certificate, only('SignatureValue')?.textContent ?? '', 'base64'))
    throw new Error('the signature does not fit')
}

async function atOnce(lab: SsoLab, how: 'signed' | 'oidc', hubProcess: number): Promise<Figure[]> {
  const people = Array.from({ length: wall }, (_, at) => first.wall + at)
  const begun = performance.now()
  const memory = watchMemory(hubProcess)
  const ready = await Promise.all(people.map((person) => lab.begin(person, how)))
  const beginning = (performance.now() - begun) / 1000
  const [from, processor] = [performance.now(), processorMs(hubProcess)]
  await Promise.all(ready.map(({ finish }) => finish()))
  const seconds = (performance.now() - from) / 1000
  const spent = (processorMs(hubProcess) - processor) / 1000
  const grown = memory.stop()
  const protocol = how === 'oidc' ? 'OpenID Connect' : 'SAML'
  return [
    {
      name: `${wall} people at once sign in by ${protocol}`,
      value: seconds,
      unit: 's',
      verdict: below(seconds, 5),
      note: `from the answers of the identity provider, which are ready before the clock starts, to the last session; ${spent.toFixed(2)} s of the hub’s processor time, and at most ${Math.round(grown)} MB more memory (${Math.round(residentMegabytes(hubProcess))} MB after). To begin all of them and to prepare the answers took ${beginning.toFixed(2)} s`,
    },
  ]
}

/** The most processor time that a SAML response costs which signs no one in: every attack of the tests, over HTTP. */
async function dearestResponse(lab: SsoLab, world: BenchWorld, hubProcess: number): Promise<Figure> {
  const stranger = await createServiceProviderKey('other.test')
  const now = new Date()
  const all = [...(await attacks(lab.sides, stranger, now)), ...heavyAttacks(lab.sides, stranger, now)]
  const costs: Cost[] = []
  for (const [name, samlResponse] of all)
    costs.push(
      await costOf(name, hubProcess, async () => {
        const relayState = await insertPending(world)
        return () => lab.post({ samlResponse, relayState })
      }),
    )
  return dearest('SAML responses', costs)
}

const lies: [name: string, lie: Record<string, unknown>, signing?: Signing][] = [
  ['alg none', {}, 'none'],
  ['HS256 under the public key', {}, 'HS256 under the public key'],
  ['another issuer', { iss: 'https://evil.example' }],
  ['another audience', { aud: 'someone' }],
  ['another nonce', { nonce: 'other' }],
  ['expired', { exp: 1, iat: 1 }],
  ['an address that is not verified', { email_verified: false }],
  ['thousands of groups', { email_verified: false, groups: Array.from({ length: 5000 }, (_, at) => `group-${at}`) }],
]

/** The same for the answer of an OpenID provider. */
async function dearestToken(lab: SsoLab, hubProcess: number): Promise<Figure> {
  const costs: Cost[] = []
  for (const [at, [name, lie, signing]] of lies.entries()) {
    const person = first.warm + at
    costs.push(
      await costOf(name, hubProcess, async () => {
        const query = await lab.beginOidc(person, lie, signing)
        return () => lab.complete(person, orgs.oidc, query)
      }),
    )
  }
  return dearest('answers of an OpenID provider', costs)
}

interface Cost {
  name: string
  ms: number
}

async function costOf(
  name: string,
  hubProcess: number,
  prepare: () => Promise<() => Promise<Response>>,
): Promise<Cost> {
  const times: number[] = []
  for (let attempt = 0; attempt < tries; attempt++) {
    const send = await prepare()
    const before = processorMs(hubProcess)
    const reply = await send()
    await reply.arrayBuffer()
    times.push(processorMs(hubProcess) - before)
    if (reply.status < 400 || reply.status >= 500) throw new Error(`${name} was answered ${reply.status}`)
  }
  return { name, ms: percentile(times, 50) }
}

function dearest(what: string, costs: readonly Cost[]): Figure {
  const [most = { name: '', ms: Number.NaN }] = costs.toSorted((one, other) => other.ms - one.ms)
  const middle = percentile(
    costs.map(({ ms }) => ms),
    50,
  )
  return {
    name: `the dearest of ${costs.length} ${what} that sign no one in`,
    value: most.ms,
    unit: 'ms',
    verdict: below(most.ms, 200),
    note: `“${most.name}”; processor time of the hub, median of ${tries}; the median of all is ${middle.toFixed(1)} ms`,
  }
}

// What the sign-in of a person writes before it sends the browser away.
async function insertPending(world: BenchWorld): Promise<string> {
  const relayState = randomText(32)
  await world.query(
    `insert into sso_pending (state_hash, org_id, user_id, session_id, is_test, protocol, request_id, return_to, created_at, expires_at)
     select $1, o.id, s.user_id, s.id, false, 'saml', $2, '/', now(), now() + interval '10 minutes'
     from organizations o, sessions s join users u on u.id = s.user_id where o.name = $3 and u.name = $4`,
    [digest(relayState), requestId, orgs.saml, `person-${first.warm}`],
  )
  return relayState
}
