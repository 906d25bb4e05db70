import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'
import { takeAwayMeanwhile } from '../waiting.ts'

// Ada is the admin of acme, Bea a member, Cole a collaborator, Zoe a stranger. What Ada sees of their tokens, and decides.

const hub = await startTestHub()
const { people, id: orgId } = await hub.organization('acme', { ada: 'admin', bea: 'write', max: 'read' })
const [ada, bea] = [people.ada as Person, people.bea as Person]
await hub.person('cole')
const zoe = await hub.person('zoe')
const [admin, member] = [await signedIn(hub, 'ada'), await signedIn(hub, 'bea')]
for (const name of ['plain', 'open'])
  await hub.request(ada, 'POST', '/api/repos/create', { name, organization: 'acme', private: name === 'plain' })
await hub.request(ada, 'PUT', '/api/models/acme/plain/collaborators/cole', { role: 'write' })

const settings = '/api/organizations/acme/settings'
const day = 86_400_000

interface Listed {
  id: string
  owner: { user: string; avatarUrl: string; isServiceAccount: boolean }
  name: string | null
  state: string
  blockedBy: string[]
  last4: string
}

async function list(query = '', who = admin): Promise<Listed[]> {
  const { status, body } = await who.send('GET', `${settings}/tokens${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

const owners = (tokens: Listed[]) => tokens.map(({ owner }) => owner.user).sort()

async function setPolicy(tokenPolicy: string, more: object = {}, query = ''): Promise<Reply> {
  return admin.send('PUT', `${settings}/token-policy${query}`, { tokenPolicy, ...more })
}

const onOrg = [{ entity: { type: 'org', name: 'acme' }, permissions: ['repo.write'] }]
const onRepo = [{ entity: { type: 'model', name: 'acme/plain' }, permissions: ['repo.content.read'] }]

async function fineToken(
  who = member,
  scoped: object[] = onOrg,
  more: object = {},
): Promise<{ id: string; token: string }> {
  const wish = { name: 'nightly', role: 'fineGrained', fineGrained: { scoped }, ...more }
  const { status, body } = await who.send('POST', '/api/settings/tokens', wish)
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

const act = (id: string, deed: string) => admin.send('POST', `${settings}/tokens/${id}/${deed}`, {})
const read = async (token: string, path = '/api/models/acme/plain') => (await hub.request(token, 'GET', path)).status
const lastEvent = async (scope = orgId) => (await hub.events(scope)).at(-1)
const lastMail = async (to: string) =>
  (await hub.mails()).findLast(({ recipient }) => recipient === `${to}@example.org`)

describe('the tokens that reach an organization', () => {
  test('of members and collaborators, not of strangers, nor expired ones, nor those whose scope leads elsewhere', async () => {
    assert.deepEqual(owners(await list()), ['ada', 'bea', 'cole', 'max'])
    const own = [{ entity: { type: 'user', name: 'bea' }, permissions: ['repo.write'] }]
    await fineToken(member, own)
    const stranger = await signedIn(hub, 'zoe')
    const publicScope = [{ entity: { type: 'model', name: 'acme/open' }, permissions: ['repo.content.read'] }]
    await fineToken(stranger, publicScope)
    await hub.db
      .updateTable('access_tokens')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('user_id', '=', people.max?.id ?? '')
      .execute()
    assert.deepEqual(owners(await list()), ['ada', 'bea', 'cole'])
    await fineToken(member, onRepo)
    const newest = (await list())[0] as Listed
    assert.deepEqual(
      { ...newest, id: '', last4: '', createdAt: '' },
      {
        id: '',
        owner: {
          _id: bea.id,
          user: 'bea',
          fullname: 'bea',
          avatarUrl: newest.owner.avatarUrl,
          isServiceAccount: false,
        },
        name: null,
        role: 'fineGrained',
        fineGrained: {
          scoped: [
            {
              entity: { _id: await repoId('plain'), type: 'model', name: 'acme/plain' },
              permissions: ['repo.content.read'],
            },
          ],
        },
        last4: '',
        createdAt: '',
        expiresAt: null,
        lastUsedAt: null,
        rotatedAt: null,
        state: 'active',
        blockedBy: [],
      },
    )
  })

  test('filters, pages, counts, and CSV', async () => {
    const soon = await fineToken(member, onRepo, { expiresAt: new Date(Date.now() + 3 * day).toISOString() })
    assert.deepEqual(
      (await list('?expiresSoon=true')).map(({ id }) => id),
      [soon.id],
    )
    assert.deepEqual(owners(await list('?owner=COLE')), ['cole'])
    assert.deepEqual(owners(await list('?search=bea&broad=true')), ['bea'])
    assert.deepEqual(await list('?state=revoked'), [])
    assert.deepEqual(await list('?unused=true'), [])
    await hub.db
      .updateTable('access_tokens')
      .set({ last_used_at: new Date(Date.now() - 91 * day) })
      .where('id', '=', soon.id)
      .execute()
    assert.deepEqual(
      (await list('?unused=true')).map(({ id }) => id),
      [soon.id],
    )
    const all = await list()
    const first = await admin.send('GET', `${settings}/tokens?limit=2`)
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await admin.send('GET', next.slice(hub.url.length))
    assert.deepEqual(
      [...first.body, ...second.body].map(({ id }: Listed) => id),
      all.slice(0, first.body.length + second.body.length).map(({ id }) => id),
    )
    const { body } = await admin.send('GET', `${settings}/tokens/summary`)
    assert.deepEqual([body.tokens, body.pending, body.unused, body.expiresSoon, body.broad], [all.length, 0, 1, 1, 3])
    const csv = await admin.send('GET', `${settings}/tokens/export?expiresSoon=true`, undefined, {
      'sec-fetch-site': 'same-origin',
    })
    assert.match(csv.headers.get('content-disposition') ?? '', /acme-tokens-.*\.csv/)
    assert.match(String(csv.body), /model:acme\/plain=repo\.content\.read/)
    assert.equal((await lastEvent())?.type, 'org.tokens.export')
  })

  test('only admins see them', async () => {
    for (const who of [member, await signedIn(hub, 'cole')])
      assert.equal((await who.send('GET', `${settings}/tokens`)).status, 403)
    assert.equal((await hub.request(undefined, 'GET', `${settings}/tokens`)).status, 401)
  })
})

describe('the policy', () => {
  test('a dry run lists what would stop working and changes nothing; applying lists the same', async () => {
    const before = (await hub.events(orgId)).length
    const dry = await setPolicy('fineGrained', {}, '?dryRun=true')
    assert.deepEqual(owners(dry.body.affected.tokens), ['ada', 'bea', 'cole'])
    assert.deepEqual(dry.body.affected.tokens[0].blockedBy, ['token_kind'])
    assert.deepEqual(
      [dry.body.dryRun, (await admin.send('GET', `${settings}/token-policy`)).body],
      [true, { tokenPolicy: 'any', tokenMaxLifetimeDays: null }],
    )
    assert.equal((await hub.events(orgId)).length, before)
    const applied = await setPolicy('fineGrained')
    assert.deepEqual({ ...applied.body, dryRun: true }, dry.body)
    const event = await lastEvent()
    assert.deepEqual(
      [event?.type, event?.message],
      ['org.settings.token_policy', 'ada allowed only fine-grained access tokens'],
    )
    assert.equal((await setPolicy('fineGrained')).body.affected.count, 0)
    assert.deepEqual(
      new Set((await list('?state=blocked')).map(({ owner }) => owner.user)),
      new Set(['ada', 'bea', 'cole']),
    )
    await setPolicy('any')
  })

  test('a bad policy is refused', async () => {
    for (const [tokenPolicy, tokenMaxLifetimeDays] of [
      ['none', null],
      ['any', 0],
      ['any', 3651],
      ['any', 1.5],
    ])
      assert.equal((await setPolicy(String(tokenPolicy), { tokenMaxLifetimeDays })).status, 400)
    assert.equal((await member.send('PUT', `${settings}/token-policy`, { tokenPolicy: 'approval' })).status, 403)
  })
})

describe('approval', () => {
  test('a pending token: admins are told, its name is shown, and it works from the approval on', async () => {
    await setPolicy('approval')
    const { id, token } = await fineToken()
    assert.equal(await read(token), 403)
    const mail = await lastMail('ada')
    assert.equal(mail?.subject, 'An access token of bea needs approval in acme')
    assert.match(mail?.text_body ?? '', /\/organizations\/acme\/settings\/tokens\?state=pending/)
    const asked = await lastEvent()
    assert.deepEqual([asked?.type, asked?.author.user], ['org.token_approval.authorization_request', 'bea'])
    const pending = (await list('?state=pending')).find((each) => each.id === id)
    assert.deepEqual([pending?.name, pending?.blockedBy], ['nightly', ['token_pending']])
    const { status, body } = await act(id, 'approve')
    assert.deepEqual([status, body.state, body.blockedBy], [200, 'approved', []])
    assert.equal(await read(token), 200)
    assert.equal((await lastMail('bea'))?.subject, 'Your access token was approved in acme')
    const event = await lastEvent()
    assert.equal(event?.type, 'org.token_approval.authorization_request.authorized')
    assert.deepEqual([event?.data.before, event?.data.after], [{ state: null }, { state: 'approved' }])
    const events = (await hub.events(orgId)).length
    assert.equal((await act(id, 'approve')).status, 200)
    assert.equal((await hub.events(orgId)).length, events, 'twice is once')
  })

  test('denying ends it with the very next request; approving brings it back', async () => {
    const { id, token } = await fineToken()
    await act(id, 'approve')
    assert.equal(await read(token), 200)
    assert.equal((await act(id, 'deny')).body.state, 'denied')
    assert.equal(await read(token), 403)
    assert.equal(await read(token, '/api/models/acme/open'), 200)
    assert.equal((await lastMail('bea'))?.subject, 'Your access token was denied in acme')
    assert.equal((await lastEvent())?.type, 'org.token_approval.authorization_request.denied')
    await act(id, 'approve')
    assert.equal(await read(token), 200)
  })

  test('a request that waits while its token is denied writes nothing', async () => {
    const { id, token } = await fineToken()
    await act(id, 'approve')
    const head = async () => (await admin.send('GET', '/api/models/acme/plain')).body.sha
    const before = await head()
    const lines = [
      { key: 'header', value: { summary: 'x' } },
      { key: 'file', value: { path: 'a.txt', content: 'YQ==', encoding: 'base64' } },
    ]
    const { waited, reply } = await takeAwayMeanwhile(hub.db, bea.id, {
      request: () =>
        hub.request(
          token,
          'POST',
          '/api/models/acme/plain/commit/main',
          lines.map((each) => JSON.stringify(each)).join('\n'),
          {
            'content-type': 'application/x-ndjson',
          },
        ),
      take: async () => assert.equal((await act(id, 'deny')).status, 200),
    })
    assert.deepEqual([waited, reply.status, reply.headers.get('x-error-code')], [true, 403, 'TokenDenied'])
    assert.equal(await head(), before)
  })

  test('tokens that admins make are approved, and no one is asked', async () => {
    const events = (await hub.events(orgId)).length
    const { id, token } = await fineToken(admin)
    assert.equal(await read(token), 200)
    assert.equal((await list('?state=approved')).find((each) => each.id === id)?.owner.user, 'ada')
    assert.equal((await hub.events(orgId)).length, events)
  })

  test('a changed scope has to be approved again; a new name has not, and what was denied stays so', async () => {
    const { id, token } = await fineToken(member, onRepo)
    await act(id, 'approve')
    const edit = (body: object) => member.send('PATCH', `/api/settings/tokens/${id}`, body)
    assert.equal((await edit({ name: 'weekly', fineGrained: { scoped: onRepo } })).status, 200)
    assert.equal(await read(token), 200)
    await edit({ fineGrained: { scoped: onOrg } })
    assert.equal(await read(token), 403)
    assert.equal((await lastEvent())?.type, 'org.token_approval.authorization_request')
    await act(id, 'deny')
    await edit({ fineGrained: { scoped: onRepo } })
    assert.equal((await list('?state=denied')).find((each) => each.id === id)?.state, 'denied')
    assert.equal(await read(token), 403)
  })

  test('what is approved is what was reviewed, not what its owner has made of it meanwhile', async () => {
    const { id, token } = await fineToken(member, onRepo)
    const scope = ['model:acme/plain=repo.content.read']
    await member.send('PATCH', `/api/settings/tokens/${id}`, { fineGrained: { scoped: onOrg } })
    const stale = await admin.send('POST', `${settings}/tokens/${id}/approve`, { scope })
    assert.deepEqual([stale.status, await read(token)], [409, 403])
    await member.send('PATCH', `/api/settings/tokens/${id}`, { fineGrained: { scoped: onRepo } })
    assert.equal((await admin.send('POST', `${settings}/tokens/${id}/approve`, { scope })).status, 200)
    assert.equal(await read(token), 200)
  })

  test('a stranger whose scope names a public repository asks no one', async () => {
    const events = (await hub.events(orgId)).length
    const mails = (await hub.mails()).length
    const scoped = [{ entity: { type: 'model', name: 'acme/open' }, permissions: ['repo.content.read'] }]
    await fineToken(await signedIn(hub, 'zoe'), scoped)
    assert.equal((await hub.events(orgId)).length, events)
    const sent = (await hub.mails()).slice(mails)
    assert.deepEqual(
      sent.map(({ recipient }) => recipient),
      [`${zoe.name}@example.org`],
    )
  })

  test('only where approval is asked for, only of fine-grained tokens, only of those that reach the organization', async () => {
    const classic = (await list(`?owner=cole`))[0]
    assert.equal((await act(classic?.id ?? '', 'approve')).status, 409)
    await setPolicy('fineGrained')
    const { id } = await fineToken()
    for (const deed of ['approve', 'deny']) assert.equal((await act(id, deed)).status, 409)
    const elsewhere = await hub.db
      .selectFrom('access_tokens')
      .select('id')
      .where('user_id', '=', zoe.id)
      .executeTakeFirstOrThrow()
    for (const deed of ['approve', 'deny', 'revoke']) assert.equal((await act(elsewhere.id, deed)).status, 404)
    await setPolicy('any')
  })
})

describe('revoking', () => {
  test('is final, works under every policy, and leaves the token working elsewhere', async () => {
    const diary = { name: 'diary', private: true }
    await hub.request(bea, 'POST', '/api/repos/create', diary)
    const classic = await hub.readToken(bea)
    const id = (await list('?owner=bea')).find(({ last4 }) => last4 === classic.slice(-4))?.id ?? ''
    assert.equal(await read(classic), 200)
    const { status, body } = await act(id, 'revoke')
    assert.deepEqual([status, body.state, body.blockedBy], [200, 'revoked', ['token_revoked']])
    assert.equal(await read(classic), 404)
    assert.equal(await read(classic, `${settings}`), 403)
    assert.equal(await read(classic, '/api/models/bea/diary'), 200)
    assert.equal((await lastMail('bea'))?.subject, 'Your access token was revoked in acme')
    assert.equal((await lastEvent())?.type, 'org.token_approval.authorization_request.revoked')
    assert.equal(
      (await list()).find((each) => each.id === id),
      undefined,
    )
    assert.equal((await list('?state=revoked')).find((each) => each.id === id)?.state, 'revoked')
    await setPolicy('approval')
    for (const deed of ['approve', 'deny']) assert.equal((await act(id, deed)).status, 409)
    await setPolicy('any')
  })

  test('by value: unknown values and those that do not reach the organization answer alike', async () => {
    const { token } = await fineToken()
    const byValue = (value: string) => admin.send('POST', `${settings}/tokens/revoke`, { token: value })
    assert.equal((await byValue(token)).body.state, 'revoked')
    assert.equal(await read(token), 404)
    const [unknown, elsewhere] = [await byValue(`${token}x`), await byValue(zoe.token)]
    assert.deepEqual([unknown.status, unknown.body], [404, elsewhere.body])
    assert.equal(elsewhere.status, 404)
  })

  test('not the token that the request comes with', async () => {
    const id = (await list('?owner=ada')).find(({ last4 }) => last4 === ada.token.slice(-4))?.id ?? ''
    const own = (path: string, body: object) => hub.request(ada, 'POST', `${settings}/tokens/${path}`, body)
    for (const reply of [await own(`${id}/revoke`, {}), await own('revoke', { token: ada.token })])
      assert.deepEqual(
        [reply.status, reply.body.error],
        [409, 'You can’t revoke the token that you are using. Sign in with a browser.'],
      )
    assert.equal((await act(id, 'revoke')).status, 200, 'with a session')
  })

  test('offboarding revokes, whatever was decided before', async () => {
    await setPolicy('approval')
    const { id } = await fineToken()
    await act(id, 'approve')
    await setPolicy('any')
    const path = '/api/organizations/acme/members/bea/offboard'
    const wish = { reason: 'left', leaveAsIs: true }
    const plan = await admin.send('POST', path, { mode: 'plan', ...wish })
    assert.equal(plan.status, 200, JSON.stringify(plan.body))
    const applied = await admin.send('POST', path, { mode: 'apply', ...wish, planHash: plan.body.planHash })
    assert.equal(applied.status, 200, JSON.stringify(applied.body))
    const rows = await hub.db.selectFrom('token_states').select('state').where('token_id', '=', id).execute()
    assert.deepEqual(rows, [{ state: 'revoked' }])
  })
})

async function repoId(name: string): Promise<string> {
  return (await hub.request(ada, 'GET', `/api/models/acme/${name}`)).body._id
}

test('tokens of service accounts are listed, whatever the policy, and are managed with their account', async () => {
  const account = await admin.send('POST', '/api/organizations/acme/service-accounts', { name: 'Nightly training' })
  const tokens = `/api/organizations/acme/service-accounts/${account.body._id}/tokens`
  const made = await admin.send('POST', tokens, { displayName: 'cluster', permissions: ['repo.write'] })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  await setPolicy('approval')
  const query = `?owner=${account.body.user}`
  const [token] = await list(query)
  assert.deepEqual([token?.name, token?.state, token?.owner.isServiceAccount], ['cluster', 'active', true])
  assert.equal((await act(token?.id ?? '', 'revoke')).status, 404)
  assert.equal((await list(`${query}&neverRotated=true`)).length, 1)
  assert.equal((await admin.send('POST', `${tokens}/${token?.id}/rotate`, {})).status, 200)
  assert.deepEqual(await list(`${query}&neverRotated=true`), [])
})
