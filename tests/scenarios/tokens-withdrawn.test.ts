// Two processes of one installation: a token that one refuses from now on is refused by the other with the very next
// request, on the API, by git, by LFS, and by Xet. The long form (`npm run soak`) does a thousand trials of each way.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { TokenPermission } from '../../api/index.ts'
import { now } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { digest, newToken } from '../../server/kernel/secret.ts'
import { insertLfsObject } from '../../server/repos/lfs/lfs-store.ts'
import { transaction } from '../../server/store/database.ts'
import { type Person, type Reply, startBeside, startTestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

const trials = Number(process.env.GUILDHALL_TRIALS ?? 4)
// Ben comes through a proxy, and Ada directly.
const outside = { 'x-forwarded-for': '198.51.100.7' }
const hourMs = 3_600_000

const one = await startTestHub({ trustedProxies: ['127.0.0.1'] })
const two = await startBeside(one)
const { people, id: orgId } = await one.organization('acme', { ada: 'admin', ben: 'write' })
const ben = people.ben as Person
let [admin, owner] = [await signedIn(one, 'ada'), await signedIn(one, 'ben')]
await as('POST', '/api/repos/create', { name: 'plain', organization: 'acme', private: true })

const file = { oid: createHash('sha256').update('weights').digest('hex'), size: 7 }
const { id: repoId } = await one.db.selectFrom('repositories').select('id').executeTakeFirstOrThrow()
await one.running.server.hub.lfs.put(repoId, file, Readable.from([Buffer.from('weights')]))
await transaction(one.db, (tx) => insertLfsObject(tx, { repoId, ...file, uploadedBy: ben.id }))

const org = '/api/organizations/acme'
const policy = (tokenPolicy: string) => as('PUT', `${org}/settings/token-policy`, { tokenPolicy })
const restrict = (enforceIpRestriction: boolean) =>
  as('PATCH', `${org}/settings/network-security`, { ipRanges: ['127.0.0.0/8'], enforceIpRestriction })
const review = (id: string, deed: string) => as('POST', `${org}/settings/tokens/${id}/${deed}`, {})

let token = { id: '', token: '' }
const renew = async (more: Parameters<typeof mint>[0] = {}) => {
  token = await mint(more)
}
const fine: { fineGrained: TokenPermission[] } = { fineGrained: ['repo.write'] }

// Reports are limited for each network.
let networks = 0
const newNetwork = () => ({ 'x-forwarded-for': `10.${++networks >> 8}.${networks & 255}.1` })

interface Way {
  /** Makes a token that is good. */
  make(): Promise<unknown>
  take(): Promise<unknown>
  giveBack?(): Promise<unknown>
}

const bot = (await as('POST', `${org}/service-accounts`, { name: 'ci' }))._id
const ways: Record<string, Way> = {
  'a token that was deleted': {
    make: () => renew(),
    take: () => answered(owner.send('DELETE', `/api/settings/tokens/${token.id}`)),
  },
  'a token that was reported as leaked': {
    make: () => renew(),
    take: () =>
      answered(two.request(undefined, 'POST', '/api/credentials/revoke', { credentials: [token.token] }, newNetwork())),
  },
  'a token that the organization revoked': { make: () => renew(), take: () => review(token.id, 'revoke') },
  'a token that the organization denied': {
    make: async () => {
      await policy('approval')
      await renew(fine)
      await review(token.id, 'approve')
    },
    take: () => review(token.id, 'deny'),
    giveBack: () => policy('any'),
  },
  'a token of another kind than the new policy accepts': {
    make: () => renew(),
    take: () => policy('fineGrained'),
    giveBack: () => policy('any'),
  },
  'a token that has expired': {
    make: () => renew({ expiresAt: new Date(Date.now() + hourMs) }),
    take: async () => one.moveClock(2 * hourMs),
    giveBack: async () => one.moveClock(0),
  },
  'the token of a service account that was rotated': {
    make: async () => {
      const made = await as('POST', `${org}/service-accounts/${bot}/tokens`, {
        displayName: 'ci',
        permissions: ['repo.write'],
      })
      token = { id: made.tokenInfo._id, token: made.token }
    },
    take: () => as('POST', `${org}/service-accounts/${bot}/tokens/${token.id}/rotate`, {}),
    giveBack: () => as('DELETE', `${org}/service-accounts/${bot}/tokens/${token.id}`),
  },
  'a token from outside the IP ranges': {
    make: () => renew(),
    take: () => restrict(true),
    giveBack: () => restrict(false),
  },
}

for (const [what, { make, take, giveBack }] of Object.entries(ways)) {
  test(`${what} is refused by the other process as soon as that is answered`, async () => {
    const found = { before: [] as number[], after: [] as number[] }
    for (let trial = 0; trial < trials; trial++) {
      // Some changes take a sign-in within the last ten minutes
      if (trial % 100 === 99) [admin, owner] = [await signedIn(one, 'ada'), await signedIn(one, 'ben')]
      await make()
      door = await openDoor()
      found.before.push(...(await attempts()))
      // Under way at that moment: whatever they answer, none of them may come to stand behind the answer
      const underWay = attempts()
      await take()
      found.after.push(...(await attempts()))
      await underWay
      await giveBack?.()
    }
    assert.deepEqual(new Set(found.before), new Set([200, 206]))
    assert.deepEqual(
      found.after.filter((status) => status < 400),
      [],
    )
    assert.equal(found.after.length, 6 * trials)
  })
}

/** Where the token leads by Xet: the address, another token, and the data of a file. */
let door = { path: '', token: '', data: '' }
async function openDoor(): Promise<typeof door> {
  const asked = one.request(token.token, 'GET', '/api/models/acme/plain/xet-read-token/main', undefined, outside)
  const { casUrl, accessToken } = await answered(asked)
  const path = `${new URL(casUrl).pathname}/v2/reconstructions/${file.oid}`
  const { terms, xorbs } = await answered(one.request(accessToken, 'GET', path, undefined, outside))
  return { path, token: accessToken, data: new URL(xorbs[terms[0].hash][0].url).pathname }
}

/** What takes a role, by API, git, LFS, and Xet, on the other process. */
async function attempts(): Promise<number[]> {
  const basic = `Basic ${Buffer.from(`ben:${token.token}`).toString('base64')}`
  const git = { ...outside, authorization: basic }
  const lfs = { ...git, accept: 'application/vnd.git-lfs+json', 'content-type': 'application/vnd.git-lfs+json' }
  const batch = { operation: 'upload', transfers: ['basic'], objects: [{ oid: 'ab'.repeat(32), size: 1 }] }
  const files = { files: [{ path: 'a.txt', sample: '', size: 1 }] }
  const replies = await Promise.all([
    two.request(token.token, 'POST', '/api/models/acme/plain/preupload/main', files, outside),
    two.request(undefined, 'GET', '/acme/plain.git/info/refs?service=git-receive-pack', undefined, git),
    two.request(undefined, 'POST', '/acme/plain.git/info/lfs/objects/batch', batch, lfs),
    two.request(token.token, 'GET', '/api/models/acme/plain/xet-write-token/main', undefined, outside),
    two.request(door.token, 'GET', door.path, undefined, outside),
    two.request(undefined, 'GET', door.data, undefined, outside),
  ])
  return replies.map(({ status }) => status)
}

async function as(method: string, path: string, body?: unknown) {
  return answered(admin.send(method, path, body))
}

async function answered(reply: Promise<Reply>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

/** A token of Ben: a write token, or a fine-grained one with these permissions on the organization. */
async function mint({
  fineGrained,
  expiresAt = null,
}: {
  fineGrained?: readonly TokenPermission[]
  expiresAt?: Date | null
}): Promise<{ id: string; token: string }> {
  const [id, secret] = [newId(), newToken(fineGrained ? 'fineGrained' : 'user')]
  const told = {
    name: 'ci',
    role: fineGrained ? ('fineGrained' as const) : ('write' as const),
    last4: secret.slice(-4),
  }
  await one.db
    .insertInto('access_tokens')
    .values({ id, user_id: ben.id, hash: digest(secret), created_at: now(), expires_at: expiresAt, ...told })
    .execute()
  if (fineGrained)
    await one.db
      .insertInto('token_scopes')
      .values({ token_id: id, org_id: orgId, permissions: [...fineGrained] })
      .execute()
  return { id, token: secret }
}
