import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isListSetting,
  isNumberSetting,
  type SettingName,
  settingChoices,
  settingNames,
  settingSaid,
} from '../../api/index.ts'
import { settingRows } from '../../server/access/settings.ts'
import { sql } from '../../server/store/sql.ts'
import { startTestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

const hub = await startTestHub()

// What else the table of organizations holds, each with the reason why it is no setting.
const noSetting: Record<string, string> = {
  id: 'identity',
  name: 'profile',
  fullname: 'profile',
  details: 'profile',
  website: 'profile',
  plan: 'given by operators',
  seat_limit: 'given by operators',
  storage_limit: 'given by operators',
  open_sign_up: 'record',
  is_verified: 'follows from the email domains',
  created_by: 'record',
  created_at: 'record',
  deleted_at: 'life cycle',
  adminless_since: 'follows from the admins',
  health_told_at: 'follows from the admins',
  sso_mode: 'has a page of its own, with rules before it is on',
  managed_since: 'follows from a conversion',
}

async function unknownColumns(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select column_name as name from information_schema.columns
    where table_schema = 'public' and table_name = 'organizations'`.execute(hub.db)
  const columns = new Set<string>(Object.values(settingRows).map(({ column }) => column))
  return rows
    .map(({ name }) => name)
    .filter((name) => !columns.delete(name) && !(name in noSetting))
    .concat(...columns)
}

test('every column of organizations is a row in the table of settings, or known as something else', async () => {
  assert.deepEqual(await unknownColumns(), [])
  await sql`alter table organizations add column require_sso boolean`.execute(hub.db)
  assert.deepEqual(await unknownColumns(), ['require_sso'])
  await sql`alter table organizations drop column require_sso`.execute(hub.db)
})

function otherValue(name: SettingName): unknown {
  if (isListSetting(name)) return ['127.0.0.0/8']
  return isNumberSetting(name) ? 30 : '2099-01-01T00:00:00.000Z'
}

test('every setting is written, shown, recorded and named by its row', async () => {
  const { id } = await hub.organization('dunlin', { ada: 'admin' })
  const path = '/api/organizations/dunlin/settings'
  await sql`update organizations set is_verified = true where id = ${id}`.execute(hub.db)
  const admin = await signedIn(hub, 'ada')
  await sql`update users set totp_enabled_at = now() where name = 'ada'`.execute(hub.db)
  const shown = async () => (await admin.send('GET', path)).body
  for (const name of settingNames) {
    const before = await shown()
    const value = settingChoices(name)?.find((choice) => choice !== before[name]) ?? otherValue(name)
    const reply = await admin.send('PATCH', path, { [name]: value })
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    assert.deepEqual(await shown(), { ...before, [name]: value })
    const event = (await hub.events(id)).at(-1)
    assert.equal(event?.type, settingRows[name].event.replace('*', value ? 'enable' : 'disable'), name)
    assert.deepEqual(event?.data, { before: { [name]: before[name] }, after: { [name]: value } })
    assert.equal(event?.message, `ada ${settingSaid(name, { ...before, [name]: value })}`)
  }
})

test('an event says in plain words what was done', async () => {
  const { id, people } = await hub.organization('plover', { una: 'admin' })
  await sql`update users set totp_enabled_at = now() where name = 'una'`.execute(hub.db)
  const said = async (change: object) => {
    const reply = await hub.request(people.una, 'PATCH', '/api/organizations/plover/settings', change)
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    return (await hub.events(id)).at(-1)?.message
  }
  assert.equal(
    await said({ require2fa: true, require2faFrom: '2099-01-01T00:00:00Z', hideMembers: true }),
    'una hid the member list from non-members, turned on the 2FA requirement, and set the 2FA deadline to 2099-01-01',
  )
  assert.equal(await said({ require2faFrom: null }), 'una made the 2FA requirement apply immediately')
  assert.equal(await said({ require2faFrom: '2099-01-01T00:00:00Z' }), 'una set the 2FA deadline to 2099-01-01')
  assert.equal(await said({ require2fa: false }), 'una turned off the 2FA requirement')
  assert.equal(
    await said({ memberManagement: 'admin', repoVisibility: 'private_only' }),
    'una let only admins change roles and made new repositories private only',
  )
})

test('the setup checklist is for admins, and one of them dismisses it for all', async () => {
  const { id, people } = await hub.organization('petrel', { una: 'admin', cleo: 'admin', bob: 'write' })
  const path = '/api/organizations/petrel'
  const shown = async (name?: string) => (await hub.request(people[name ?? ''], 'GET', path)).body.setupChecklist
  const dismiss = (name: string) => hub.request(people[name], 'PATCH', `${path}/settings`, { setupChecklist: false })
  assert.deepEqual([await shown('una'), await shown('cleo')], [true, true])
  assert.deepEqual([await shown('bob'), await shown()], [undefined, undefined])
  assert.equal((await dismiss('bob')).status, 403)
  assert.equal(await shown('una'), true)
  const before = (await hub.events(id)).length
  assert.deepEqual([(await dismiss('cleo')).status, (await dismiss('una')).status], [200, 200])
  const events = (await hub.events(id)).slice(before)
  assert.deepEqual(
    events.map(({ type, author }) => [type, author.user]),
    [['org.update_settings', 'cleo']],
  )
  assert.deepEqual([await shown('una'), await shown('cleo')], [false, false])
})
