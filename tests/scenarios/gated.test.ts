import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { formOf } from '../../server/repos/cards/gate-form.ts'
import { endExpiredAccess } from '../../server/repos/gates/expiry.ts'
import { sql } from '../../server/store/sql.ts'
import { type Content, makeTemplate } from '../content.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

const hour = 3_600_000
let hub: TestHub
let orgId: string
let people: Record<string, Person>
let content: Content

const card = {
  extra_gated_heading: 'Before you get the weights',
  extra_gated_prompt: 'Agree to the terms.',
  extra_gated_button_content: 'Agree and send',
  extra_gated_eu_disallowed: true,
  extra_gated_fields: {
    Company: 'text',
    Born: 'date_picker',
    Country: 'country',
    Where: 'ip_location',
    'I want to use this model for': {
      type: 'select',
      options: ['Research', { label: 'Something else', value: 'other' }],
    },
    'I agree to the terms': 'checkbox',
  },
}
const answers = {
  Company: 'Initech',
  Born: '1990-02-28',
  Country: 'ch',
  'I want to use this model for': 'other',
  'I agree to the terms': true,
}

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization('acme', {
    ada: 'admin',
    wil: 'write',
    con: 'contributor',
    rae: 'read',
  })
  const lab = await hub.organization('lab', { leo: 'admin', lea: 'write', lin: 'read' })
  orgId = made.id
  people = { ...made.people, ...lab.people }
  for (const name of ['sam', 'tia', 'una', 'vic']) people[name] = await hub.person(name)
  await repository('weights')
})

const ask = (who: string | undefined, method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  hub.request(who === undefined ? undefined : people[who], method, path, body, headers)
const models = '/api/models/acme'
const gate = (who: string | undefined, repo = 'weights') => ask(who, 'GET', `${models}/${repo}/gate`)
const request = (who: string | undefined, fields: unknown = answers, repo = 'weights') =>
  ask(who, 'POST', `${models}/${repo}/user-access-request`, { fields })
const review = (path: string, body: unknown, repo = 'weights', by = 'ada') =>
  ask(by, 'POST', `${models}/${repo}/user-access-request/${path}`, body)
const list = async (status: string, repo = 'weights') =>
  (await ask('ada', 'GET', `${models}/${repo}/user-access-request/${status}`)).body
const settings = (body: unknown, repo = 'weights', by = 'ada') => ask(by, 'PUT', `${models}/${repo}/settings`, body)
const file = (who: string | undefined, repo = 'weights') => ask(who, 'GET', `/acme/${repo}/resolve/main/data/a.txt`)
const soon = () => new Date(Date.now() + hour).toISOString()

async function repository(name: string): Promise<void> {
  const made = await ask('ada', 'POST', '/api/repos/create', { name, organization: 'acme', private: false })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  const template = await makeTemplate(hub.running.server.hub, hub.db)
  content = await template.copyTo(made.body.id)
  await sql`update repositories set gate_form = ${JSON.stringify(formOf(card))}::jsonb where id = ${made.body.id}`.execute(
    hub.db,
  )
  const { status } = await settings({ gated: 'manual' }, name)
  assert.equal(status, 200)
}

async function newEvents(work: () => Promise<unknown>) {
  const before = (await hub.events(orgId)).length
  await work()
  return (await hub.events(orgId)).slice(before).map(({ type, message }) => [type, message])
}

const restricted = /^Access to model acme\/weights is restricted and you are not in the authorized list\. /

async function assertKept(who: string | undefined, sent: { method: string; path: string; body: unknown }) {
  const headers = sent.path.includes('/lfs/objects') ? { 'content-type': 'application/vnd.git-lfs+json' } : {}
  const reply = await ask(who, sent.method, sent.path, sent.body, headers)
  const code = reply.headers.get('x-error-code')
  assert.deepEqual([reply.status, code], [who ? 403 : 401, 'GatedRepo'], `${sent.method} ${sent.path} ${who}`)
  assert.match(reply.headers.get('x-error-message') ?? '', restricted, sent.path)
  return reply
}

describe('a gate', () => {
  it('is said in the metadata, in lists, and by the filter', async () => {
    assert.equal((await ask('sam', 'GET', `${models}/weights`)).body.gated, 'manual')
    assert.equal((await ask(undefined, 'GET', `${models}/weights`)).body.gated, 'manual')
    assert.deepEqual((await ask('sam', 'GET', `${models}/weights?expand=gated`)).body.gated, 'manual')
    await ask('ada', 'POST', '/api/repos/create', { name: 'open', organization: 'acme', private: false })
    const named = async (query: string) =>
      (await ask('sam', 'GET', `/api/models?author=acme&${query}`)).body.map(({ id }: { id: string }) => id)
    assert.deepEqual(await named('gated=true'), ['acme/weights'])
    assert.deepEqual(await named('gated=false'), ['acme/open'])
  })

  it('keeps everything inside from who has no access, whether it exists or not', async () => {
    const { commit, lfs } = content
    const batch = { operation: 'download', objects: [{ oid: lfs.oid, size: lfs.size }] }
    const doors: [string, string, unknown?][] = [
      ['GET', '/acme/weights/resolve/main/data/a.txt'],
      ['HEAD', '/acme/weights/resolve/main/data/a.txt'],
      ['GET', '/acme/weights/resolve/main/none.txt'],
      ['GET', '/acme/weights/resolve/none/none.txt'],
      ['GET', '/acme/weights/raw/main/weights.bin'],
      ['GET', '/acme/weights/raw/main/README.md/'],
      ['GET', '/acme/weights/resolve/main/data/README.md'],
      ['GET', `/api/resolve-cache/models/acme/weights/${commit}/weights.bin`],
      ['GET', `${models}/weights/tree/main`],
      ['GET', `${models}/weights/tree/none/data`],
      ['POST', `${models}/weights/paths-info/main`, { paths: ['data'] }],
      ['GET', `${models}/weights/refs`],
      ['GET', `${models}/weights/commits/main`],
      ['GET', `${models}/weights/commit/${commit}`],
      ['GET', `${models}/weights/compare/main..feature`],
      ['GET', `${models}/weights/treesize/main/data`],
      ['GET', `${models}/weights/auth-check`],
      ['GET', '/acme/weights.git/info/refs?service=git-upload-pack'],
      ['GET', '/acme/weights.git/info/lfs/locks'],
      ['POST', '/acme/weights.git/info/lfs/objects/batch', batch],
      ['POST', `${models}/weights/duplicate`, { repository: 'sam/copy' }],
    ]
    for (const [method, path, body] of doors) {
      await assertKept('sam', { method, path, body })
      const { headers } = await assertKept(undefined, { method, path, body })
      if (path.includes('.git')) assert.match(headers.get('www-authenticate') ?? '', /^Basic/)
    }
  })

  it('leaves the metadata and the card readable, but not what files are like', async () => {
    for (const who of ['sam', undefined]) {
      const readme = await ask(who, 'GET', '/acme/weights/resolve/main/README.md')
      assert.equal(readme.status, 200, String(who))
      assert.equal((await ask(who, 'HEAD', '/acme/weights/raw/main/README.md')).status, 200)
      const info = await ask(who, 'GET', `${models}/weights?blobs=true`)
      assert.ok(info.body.siblings.length > 3)
      assert.deepEqual(Object.keys(info.body.siblings[0]), ['rfilename'])
    }
    assert.ok((await ask('rae', 'GET', `${models}/weights?blobs=true`)).body.siblings[0].blobId)
  })

  it('lets members and collaborators in without asking', async () => {
    await ask('ada', 'PUT', `${models}/weights/collaborators/vic`, { role: 'read' })
    for (const who of ['ada', 'wil', 'con', 'rae', 'vic']) {
      assert.equal((await file(who)).status, 200, who)
      assert.equal((await gate(who)).body.state, 'open', who)
      assert.equal((await request(who)).status, 409, who)
    }
  })

  it('says what it asks for, and to authors how many wait', async () => {
    const { body } = await gate('sam')
    assert.deepEqual(
      [body.mode, body.state, body.form.heading, body.form.button, body.form.euDisallowed, body.settings, body.counts],
      ['manual', 'none', 'Before you get the weights', 'Agree and send', true, null, null],
    )
    assert.deepEqual(body.form.fields[4], {
      name: 'I want to use this model for',
      type: 'select',
      options: [
        { label: 'Research', value: 'Research' },
        { label: 'Something else', value: 'other' },
      ],
    })
    assert.equal((await gate(undefined)).body.state, 'anonymous')
    const { body: own } = await gate('wil')
    assert.deepEqual([own.counts.pending, own.settings.orgMembersGated], [0, false])
  })
})

describe('asking', () => {
  it('refuses answers that are missing, wrong, or not asked for', async () => {
    const wrong: Record<string, unknown>[] = [
      { Company: '' },
      { Company: ['a'] },
      { Company: 'x'.repeat(2001) },
      { Born: '1990-02-30' },
      { Born: 'yesterday' },
      { Country: 'ZZ' },
      { Country: 'Switzerland' },
      { 'I want to use this model for': 'War' },
      { 'I agree to the terms': false },
      { Where: 'CH', Other: 'thing' },
    ]
    for (const one of wrong)
      assert.equal((await request('sam', { ...answers, ...one })).status, 400, JSON.stringify(one))
    assert.equal((await request('sam', {})).status, 400)
    assert.equal((await request(undefined)).status, 401)
    assert.deepEqual(await list('pending'), [])
  })

  it('enters a request that authors see, with the email, and that opens nothing', async () => {
    const events = await newEvents(async () => {
      const { status, body } = await request('sam')
      assert.deepEqual([status, body.state], [200, 'pending'])
    })
    assert.deepEqual(events, [['gated.request', 'sam requested access to the model acme/weights']])
    const [one] = await list('pending')
    assert.deepEqual([one.user.user, one.user.email, one.status], ['sam', people.sam?.email, 'pending'])
    assert.equal(one.fields.Country, 'CH')
    assert.equal(one.fields.Where, 'unknown')
    const { status, headers } = await file('sam')
    assert.equal(status, 403)
    assert.match(headers.get('x-error-message') ?? '', /awaiting a review/)
    assert.equal((await request('sam')).status, 409)
  })

  it('by a form leads back to the repository', async () => {
    const form = new URLSearchParams({ ...answers, 'I agree to the terms': 'on' }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    for (let round = 0; round < 2; round++) {
      const reply = await ask('una', 'POST', '/acme/weights/ask-access', form, headers)
      assert.deepEqual([reply.status, reply.headers.get('location')], [303, `${hub.running.publicUrl}/acme/weights`])
    }
    assert.equal((await ask('una', 'POST', `${models}/weights/user-access-request/cancel`)).status, 200)
    assert.equal((await gate('una')).body.state, 'none')
    assert.equal((await ask('una', 'POST', `${models}/weights/user-access-request/cancel`)).status, 404)
  })

  it('is for those who can see the repository, and only where there is a gate', async () => {
    await settings({ private: true })
    assert.equal((await request('tia')).status, 404)
    await settings({ private: false })
    assert.equal((await request('tia', {}, 'open')).status, 400)
  })
})

describe('deciding', () => {
  it('accepts, sets back to pending, and rejects, each once', async () => {
    assert.equal((await review('handle', { user: 'tia', status: 'accepted' })).status, 404)
    assert.equal((await review('handle', { user: 'no-one', status: 'accepted' })).status, 404)
    assert.equal((await review('handle', { user: 'sam', status: 'accepted' }, 'open')).status, 400)
    const events = await newEvents(() => review('handle', { user: 'sam', status: 'accepted' }))
    assert.deepEqual(events, [['gated.accept', 'ada gave sam access to the model acme/weights']])
    assert.equal((await review('handle', { user: 'sam', status: 'accepted' })).status, 404)
    assert.equal((await file('sam')).status, 200)
    const [one] = await list('accepted')
    assert.deepEqual([one.user.user, one.grantedBy.user], ['sam', 'ada'])
    await review('handle', { user: 'sam', status: 'pending' })
    assert.equal((await file('sam')).status, 403)
    await review('handle', { userId: people.sam?.id, status: 'rejected', rejectionReason: 'Not a lab' })
    assert.equal((await gate('sam')).body.rejectionReason, 'Not a lab')
    assert.equal((await request('sam')).status, 403)
    assert.equal((await ask('sam', 'POST', `${models}/weights/user-access-request/cancel`)).status, 403)
    assert.equal((await list('rejected')).length, 1)
    await review('handle', { requestId: one.requestId, status: 'accepted' })
    assert.equal((await file('sam')).status, 200)
  })

  it('grants without a request, until a time', async () => {
    const reply = await review('grant', { user: 'tia', expiresAt: soon() })
    assert.equal(reply.status, 200)
    assert.equal(reply.body.user.email, undefined)
    assert.equal((await review('grant', { user: 'tia' })).status, 400)
    assert.equal((await file('tia')).status, 200)
    hub.moveClock(2 * hour)
    assert.equal((await file('tia')).status, 403)
    assert.equal((await gate('tia')).body.state, 'expired')
    assert.deepEqual(await newEvents(() => endExpiredAccess(hub.db)), [
      ['gated.expire', 'system ended the access of tia to the model acme/weights, which had expired'],
    ])
    assert.equal((await request('tia')).body.state, 'pending')
    hub.moveClock(0)
    await review('handle', { user: 'tia', status: 'accepted' })
    assert.equal((await file('tia')).status, 200)
    assert.equal((await review('handle', { user: 'tia', status: 'accepted', expiresAt: soon() })).status, 200)
    assert.notEqual((await gate('tia')).body.expiresAt, null)
  })

  it('takes many at once, all or none', async () => {
    const both = (last: string) => ({ status: 'rejected', requests: [{ user: 'tia' }, { user: last }] })
    const refused = await review('batch', both('una'))
    assert.equal(refused.status, 404)
    assert.deepEqual(refused.body.results, [
      { user: 'tia', ok: true },
      { user: 'una', ok: false, error: 'request_not_found' },
    ])
    assert.equal((await file('tia')).status, 200)
    assert.equal((await review('batch', { status: 'rejected', requests: [] })).status, 400)
    const many = Array.from({ length: 1001 }, () => ({ user: 'tia' }))
    assert.equal((await review('batch', { status: 'rejected', requests: many })).status, 400)
    const done = await review('batch', both('sam'))
    assert.deepEqual([done.status, done.body.length], [200, 2])
    assert.deepEqual([(await file('tia')).status, (await file('sam')).status], [403, 403])
    await review('batch', { status: 'accepted', requests: [{ user: 'tia' }, { user: 'sam' }] })
  })

  it('is for authors, not for readers, collaborators, or people with access', async () => {
    for (const who of ['rae', 'con', 'vic', 'sam']) {
      assert.equal((await ask(who, 'GET', `${models}/weights/user-access-request/pending`)).status, 403, who)
      assert.equal((await review('grant', { user: 'una' }, 'weights', who)).status, 403, who)
    }
    assert.equal((await ask('wil', 'GET', `${models}/weights/user-access-request/pending`)).status, 200)
  })

  it('reports everything as JSON and CSV', async () => {
    const json = await ask('ada', 'GET', '/acme/weights/user-access-report')
    assert.match(json.headers.get('content-disposition') ?? '', /access-requests-.*\.json/)
    assert.deepEqual(json.body.map((one: { user: { user: string } }) => one.user.user).sort(), ['sam', 'tia'])
    const csv = await ask('ada', 'GET', '/acme/weights/user-access-report?format=csv')
    assert.match(csv.body, /"tia","tia"/)
  })
})
