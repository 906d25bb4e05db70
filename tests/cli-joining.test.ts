import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { done, folder, guildhall, json, type Variables } from './command-line.ts'
import { startDns } from './dns.ts'
import { startTestHub } from './hub.ts'

const dns = await startDns()
const hub = await startTestHub({ dnsServers: [dns.address] })
const { people } = await hub.organization('acme', { ada: 'admin' })
const kim = await hub.person('kim')
const as = (token: string | undefined): Variables => ({ HF_ENDPOINT: hub.url, HF_TOKEN: token ?? '' })
const asAda = as(people.ada?.token)
const asKim = as(kim.token)

before(async () => {
  await done(['groups', 'create', '--org', 'acme', '--name', 'research'], asAda)
})

test('people are invited, invited again, and the invitation revoked', async () => {
  const invite = ['invitations', 'create', '--org', 'acme', '--email', 'new@example.net', '--role', 'write']
  const said = await done([...invite, '--group', 'research=read', '--days', '3', '--message', 'Hello'], asAda)
  const link = /\nNot sent: no mail server\. Share this link:\nhttp\S+\/join#token=\w+\n$/
  assert.match(said.stdout, /^Invited new@example\.net to acme with the write role\. The invitation expires at /)
  assert.match(said.stdout, link)
  const [row] = await json(['invitations', 'list', '--org', 'acme', '--state', 'pending'], asAda)
  assert.deepEqual([row.email, row.groups[0].name, row.message], ['new@example.net', 'research', 'Hello'])
  const one = ['--org', 'acme', '--id', row.id]
  assert.equal((await json(['invitations', 'resend', ...one], asAda)).state, 'pending')
  assert.match((await done(['invitations', 'resend', ...one], asAda)).stdout, link)
  assert.match((await done(['invitations', 'list', '--org', 'acme'], asAda)).stdout, /new@example\.net +write +pending/)
  await done(['invitations', 'revoke', ...one], asAda)
  const again = await guildhall(['invitations', 'revoke', ...one], asAda)
  assert.deepEqual([again.code, /revoked/.test(again.stderr)], [1, true])
})

test('a file of people is planned, then invited, and the mails are followed', async () => {
  const path = join(folder, 'people.csv')
  await writeFile(path, '\ufeffemail,username,role\r\nnew-1@example.net,,write\r\nbad,,\r\n,kim,\r\n')
  const bulk = ['invitations', 'bulk', '--org', 'acme', '--file', path, '--role', 'contributor']
  const planned = await done(bulk, asAda)
  assert.match(
    planned.stdout,
    /^2 +new-1@example\.net +invite +write .*\n3 +bad +invalid .*\n4 +kim +invite +contributor /m,
  )
  assert.match(planned.stdout, /2 of 3 will be invited, 1 skipped\.\n$/)
  assert.equal((await json(['invitations', 'list', '--org', 'acme', '--search', 'new-1'], asAda)).length, 0)
  const applied = await done([...bulk, '--apply', '--yes'], asAda)
  assert.match(
    applied.stdout,
    /^Invited 2, skipped 1\. Not sent: no mail server\. Share these links:\nnew-1@example\.net: http\S+\/join#token=\w+\nkim: http/,
  )
  assert.match(applied.stderr, /Emails: 0 of 2 sent, 2 not sent \(no mail server\)\./)
  const input = 'email\nnew-2@example.net\n'
  const told = await done(['invitations', 'bulk', '--org', 'acme', '--file', '-', '--apply', '--json'], asAda, input)
  const { counts, mails } = JSON.parse(told.stdout)
  assert.deepEqual([counts.mailed, mails.kept, told.stderr], [1, 1, ''])
  await writeFile(path, Buffer.from('email\nzo\xeb@example.net\n', 'latin1'))
  const refused = await guildhall(bulk, asAda)
  assert.deepEqual([refused.code, /is not UTF-8/.test(refused.stderr)], [2, true])
})

const wrong: [string, string[], number][] = [
  ['neither name nor address', ['invitations', 'create', '--org', 'acme'], 2],
  ['both', ['invitations', 'create', '--org', 'acme', '--user', 'kim', '--email', 'kim@example.org'], 2],
  ['half a day', ['invitations', 'create', '--org', 'acme', '--user', 'kim', '--days', '0.5'], 2],
  ['a link that makes admins', ['invite-links', 'create', '--org', 'acme', '--role', 'admin'], 2],
  ['a person without an account', ['invitations', 'create', '--org', 'acme', '--user', 'nobody-here'], 1],
]
for (const [what, command, code] of wrong) {
  test(`refuses: ${what}`, async () => {
    assert.equal((await guildhall(command, asAda)).code, code)
  })
}

test('the address of a link is the only thing on standard output', async () => {
  const make = ['invite-links', 'create', '--org', 'acme', '--role', 'read', '--uses', '2', '--days', '1']
  const { stdout } = await done([...make, '--domain', 'example.org', '--label', 'Workshop'], asAda)
  assert.match(stdout, /^http:\S+\/join#token=[0-9A-Za-z]{43}\n$/)
  const listed = await done(['invite-links', 'list', '--org', 'acme'], asAda)
  assert.match(listed.stdout, /Workshop +read +0\/2 +example\.org +active/)
  const [link] = await json(['invite-links', 'list', '--org', 'acme'], asAda)
  const renewed = await json(['invite-links', 'regenerate', '--org', 'acme', '--id', link.id], asAda)
  assert.notEqual(renewed.url, stdout.trim())
  const ended = await done(['invite-links', 'revoke', '--org', 'acme', '--id', link.id], asAda)
  assert.equal(ended.stdout, 'Revoked the invite link Workshop, which was used 0 times.\n')
})

test('people ask, and are approved or rejected', async () => {
  assert.equal((await guildhall(['requests', 'ask', '--org', 'acme'], asKim)).code, 1)
  await hub.request(people.ada, 'PATCH', '/api/organizations/acme/settings', { allowJoinRequests: true })
  await done(['requests', 'ask', '--org', 'acme', '--message', 'Hello'], asKim)
  const [asked] = await json(['requests', 'list', '--org', 'acme'], asAda)
  assert.deepEqual([asked.user.user, asked.message], ['kim', 'Hello'])
  const decide = ['--org', 'acme', '--id', asked.id]
  const approved = await done(['requests', 'approve', ...decide, '--role', 'contributor'], asAda)
  assert.equal(approved.stdout, 'kim is now a member of acme with the contributor role.\n')
  const late = await guildhall(['requests', 'reject', ...decide, '--reason', 'No.'], asAda)
  assert.equal(late.code, 1)
  assert.equal((await done(['requests', 'list', '--org', 'acme'], asAda)).stdout, 'No requests.\n')
})

test('email domains are added, verified by the record that is printed, and removed', async () => {
  const one = ['--org', 'acme', '--domain', 'staff.acme.org']
  assert.equal((await done(['domains', 'list', '--org', 'acme'], asAda)).stdout, 'No email domains.\n')
  assert.equal((await guildhall(['domains', 'add', '--org', 'acme', '--domain', 'gmail.com'], asAda)).code, 1)
  const { stdout } = await done(['domains', 'add', ...one], asAda)
  const value = /^staff\.acme\.org\. TXT "(guildhall-verification=[0-9A-Za-z]+)"\n$/.exec(stdout)?.[1] ?? ''
  const early = await guildhall(['domains', 'verify', ...one], asAda)
  assert.deepEqual([early.code, /doesn’t have the record/.test(early.stdout)], [1, true])
  assert.ok(early.stderr.includes(value))
  dns.records.set('staff.acme.org', [value])
  assert.equal((await done(['domains', 'verify', ...one], asAda)).stdout, 'staff.acme.org is verified.\n')
  const [row] = await json(['domains', 'list', '--org', 'acme'], asAda)
  assert.deepEqual([row.domain, row.state, row.record.value], ['staff.acme.org', 'verified', value])
  assert.equal((await done(['domains', 'remove', ...one], asAda)).code, 0)
  assert.equal((await guildhall(['domains', 'remove', ...one], asAda)).code, 1)
})

test('a file of members is planned, applied and undone; all of them are exported', async () => {
  await hub.organization('guild', { ada: 'admin', bob: 'read', cat: 'read' })
  const [path, undo, all] = ['changes.csv', 'undo.csv', 'all.csv'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await writeFile(path, 'username,op,role\nbob,,write\ncat,remove,\n')
  const bulk = ['members', 'bulk', '--org', 'guild', '--file', path]
  const planned = await done(bulk, asAda)
  assert.match(planned.stdout, /^2 +bob +change .*\n3 +cat +remove /m)
  assert.match(planned.stdout, /1 changed, 0 invited, 1 removed, 0 unchanged/)
  await writeFile(undo, 'username,role\nbob,write\nmallory,read\n')
  const refused = await guildhall(['members', 'bulk', '--org', 'guild', '--file', undo, '--apply'], asAda)
  assert.deepEqual([refused.code, /^3 +mallory +error /m.test(refused.stdout)], [1, true])
  const applied = await done([...bulk, '--apply', '--undo-file', undo], asAda)
  assert.equal(applied.stdout, `Changed 1, invited 0, removed 1. To undo this, apply ${undo}.\n`)
  const back = await json(['members', 'bulk', '--org', 'guild', '--file', undo, '--apply'], asAda)
  assert.deepEqual([back.counts.change, back.counts.invite], [1, 1])
  await done(['members', 'export', '--org', 'guild', '--output', all], asAda)
  const again = await json(['members', 'bulk', '--org', 'guild', '--file', all], asAda)
  assert.deepEqual([again.counts.rows, again.counts.unchanged], [2, 2])
})
