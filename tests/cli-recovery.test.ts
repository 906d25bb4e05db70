import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done, guildhall, json, type Variables } from './command-line.ts'
import { advance, dns, giveDomain, hub } from './recovery-world.ts'

const opal = await hub.person('opal', { operator: true })
const oona = await hub.person('oona', { operator: true })
await hub.db
  .updateTable('users')
  .set({ created_at: new Date('2000-01-01') })
  .execute()
const { id, people } = await hub.organization('acme', { ada: 'admin', una: 'admin', wil: 'write', pet: 'read' })
const as = (who: { token: string } | undefined): Variables => ({ HF_ENDPOINT: hub.url, HF_TOKEN: who?.token ?? '' })
const [asPet, asWil, asUna] = [as(people.pet), as(people.wil), as(people.una)]
const org = ['--org', 'acme']

test('a recovery request is opened, proved, confirmed and stopped', async () => {
  if (people.pet) await giveDomain(id, 'acme.example.net', [people.pet])
  assert.match(
    (await done(['recovery', 'status', ...org], asPet)).stdout,
    /can’t be recovered[\s\S]*No recovery requests/,
  )
  await hub.db.updateTable('emails').set({ verified_at: null }).where('address', '=', 'una@example.org').execute()
  await hub.console('PATCH', '/api/operator/people/ada', { suspended: true })
  assert.match((await done(['recovery', 'status', ...org], asPet)).stdout, /domain +yes:/)
  const opened = await json(
    ['recovery', 'request', ...org, '--domain', 'acme.example.net', '--reason', 'Ada left.'],
    asPet,
  )
  const one = [...org, '--id', opened.id]
  assert.match((await done(['recovery', 'show', ...one], asPet)).stdout, /its value +guildhall-recovery=/)
  assert.match((await done(['recovery', 'check', ...one], asPet)).stdout, /No TXT record/)
  dns.records.set(opened.record.name, [opened.record.value])
  assert.match((await done(['recovery', 'confirm', ...one], asWil)).stdout, /confirmed by +wil; needed: 1/)
  await advance()
  assert.equal((await json(['recovery', 'show', ...one], asPet)).state, 'waiting')
  assert.equal((await guildhall(['recovery', 'veto', ...one], asWil)).code, 1)
  assert.match((await done(['recovery', 'veto', ...one], asUna)).stdout, /Stopped by una/)
  assert.equal((await guildhall(['recovery', 'withdraw', ...one], asPet)).code, 1, 'it has ended')
  assert.equal((await guildhall(['recovery', 'request', ...org, '--path', 'operators'], asPet)).code, 2)
})

test('two operators make someone admin', async () => {
  const [asOpal, asOona] = [as(opal), as(oona)]
  const reason = ['--reason', 'Ada has left the company.']
  const opened = await json(['operator', 'recovery', 'request', ...org, '--user', 'wil', ...reason], asOpal)
  assert.match((await done(['operator', 'recovery', 'list'], asOona)).stdout, /acme +operators +wil +open/)
  const one = ['--id', opened.id]
  assert.match(
    (await done(['operator', 'recovery', 'approve', ...one], asOona)).stdout,
    /approved by +opal, oona; needed: 2/,
  )
  assert.match((await done(['operator', 'recovery', 'withdraw', ...one], asOpal)).stdout, /Withdrawn by opal/)
})
