import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { domains, type OrgSettings, organizations } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, saidAt, textsOf } from '../../../tests/web/look.ts'
import { anOrg, someSettings } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Account.tsx'

const time = '2026-03-04T10:12:33.000Z'
const may = ['domain.list', 'domain.create', 'domain.verify', 'org.updateSettings', 'org.viewSettings']
const { listDomains, addDomain, verifyDomain, removeDomain } = domains
const { updateSettings } = organizations

function aDomain(over: Partial<domains.EmailDomain> = {}): domains.EmailDomain {
  return {
    domain: 'acme.example',
    state: 'unverified',
    record: { name: 'acme.example', type: 'TXT', value: 'guildhall-verification=abc' },
    addedAt: time,
    addedBy: 'ada',
    verifiedAt: null,
    checkedAt: null,
    graceEndsAt: null,
    problem: null,
    ...over,
  }
}

async function page(list: domains.EmailDomain[] = [], settings: Partial<OrgSettings> = {}, over = {}) {
  answer(organizations.getOrganization, anOrg({ may, ...over }))
  answer(organizations.getSettings, someSettings(settings))
  answer(listDomains, list)
  const { user } = await show(<Page />, {
    at: '/organizations/acme/settings/account',
    route: '/organizations/$org/settings/account',
  })
  await screen.findByRole('heading', { level: 1, name: 'Account and domains' })
  return user
}

const field = () => screen.findByRole<HTMLInputElement>('textbox', { name: 'Email domain' })

test('Account: the first sentence tells how people get in', async () => {
  await page([aDomain()], { defaultRole: 'contributor' })
  await screen.findByText('People at acme.example can join as contributor · Join requests off')
})

test('Account: with approval the sentence says so', async () => {
  await page([aDomain()], { userApproval: true, allowJoinRequests: true })
  await screen.findByText('People at acme.example can join with approval · Join requests on')
})

test('Domains: without one the page says what they are for, and takes an address as well as a domain', async () => {
  answer(addDomain, aDomain())
  const user = await page()
  await screen.findByRole('heading', { name: 'No email domains' })
  await user.type(await field(), ' ada@acme.example {Enter}')
  await screen.findByText(
    'People with an address at acme.example can join now. Publish the DNS record to verify the domain.',
  )
  assert.deepEqual(sent(addDomain)[0]?.body, { domain: 'acme.example' })
})

test('Domains: a public mailbox provider is refused at the field', async () => {
  const fields = [{ field: 'domain', message: 'is a public email provider' }]
  refuse(addDomain, { status: 422, code: 'BadRequest', error: 'Refused.', fields })
  const user = await page()
  await user.type(await field(), 'mail.example{Enter}')
  await waitFor(async () => assert.match(saidAt(await field()), /is a public email provider\./))
})

test('Domains: one that is not verified shows the record to publish, each part to copy', async () => {
  await page([aDomain()])
  await screen.findByText('not verified')
  screen.getByText('guildhall-verification=abc')
  screen.getByText('often written @')
  screen.getByRole('button', { name: 'Copy value' })
  screen.getByRole('button', { name: 'Copy name' })
  absent(screen.queryByRole('button', { name: 'Copy type' }))
})

test('Domains: a check that finds nothing says what it found instead', async () => {
  const problem = 'No TXT record was found at acme.example.'
  answer(verifyDomain, aDomain({ problem, checkedAt: time }))
  const user = await page([aDomain()])
  answer(listDomains, [aDomain({ problem, checkedAt: time })])
  await user.click(await screen.findByRole('button', { name: 'Verify now: acme.example' }))
  await screen.findByText(problem, { exact: false })
})

test('Domains: a check that succeeds says so, and the record is put away', async () => {
  const verified = aDomain({ state: 'verified', verifiedAt: time, checkedAt: time })
  answer(verifyDomain, verified)
  const user = await page([aDomain()])
  answer(listDomains, [verified])
  await user.click(await screen.findByRole('button', { name: 'Verify now: acme.example' }))
  await screen.findByText('acme.example is verified.')
  const show = await screen.findByRole('button', { name: 'Show DNS record' })
  absent(screen.queryByText('guildhall-verification=abc'))
  await user.click(show)
  screen.getByText('guildhall-verification=abc')
})

test('Domains: a record that went missing says until when it has to be back', async () => {
  await page([aDomain({ state: 'failing', graceEndsAt: '2027-01-15T12:00:00.000Z' })])
  await screen.findByText('record missing')
  screen.getByText('January 15, 2027')
})

test('Domains: removing the last verified one says everything that goes with it', async () => {
  answer(removeDomain, { success: true })
  const user = await page([aDomain({ state: 'verified' })], { userApproval: true })
  await user.click(await screen.findByRole('button', { name: 'Remove acme.example' }))
  const dialog = await screen.findByRole('dialog', { name: 'Remove acme.example' })
  assert.deepEqual(textsOf('listitem', dialog), [
    'People with an address at acme.example can no longer join on their own.',
    'The domain can no longer be used to recover acme.',
    'acme loses its verified badge.',
    'Approval no longer applies.',
    'Another organization can verify the domain.',
  ])
  within(dialog).getByText('Current members keep their access.')
  await user.click(within(dialog).getByRole('button', { name: 'Remove acme.example' }))
  await screen.findByText('acme.example removed.')
})

test('Domains: removing one that was never verified loses nothing else', async () => {
  const user = await page([aDomain()])
  await user.click(await screen.findByRole('button', { name: 'Remove acme.example' }))
  assert.equal(textsOf('listitem', await screen.findByRole('dialog')).length, 1)
})

test('Joining: approval can be chosen only once a domain is verified, and the page says why', async () => {
  await page([aDomain()])
  await screen.findByText('Verify an email domain first.', { exact: false })
  const part = within(screen.getByRole('region', { name: 'Approval for email domains' }))
  assert.equal(part.getByRole<HTMLInputElement>('radio', { name: /^Approval required/ }).disabled, true)
})

test('Joining: a choice is saved when it is made', async () => {
  answer(updateSettings, {
    ...someSettings({ allowJoinRequests: true }),
    dryRun: false,
    problems: [],
    affected: { count: 0, people: [] },
  })
  const user = await page()
  const part = within(screen.getByRole('region', { name: 'Join requests' }))
  await user.click(part.getByRole('radio', { name: /^On/ }))
  await screen.findByText('Join requests saved.')
  assert.deepEqual(sent(updateSettings).at(-1)?.body, { allowJoinRequests: true })
})

test('Joining: who may not change it reads it as text, with the reason', async () => {
  await page([], { allowJoinRequests: true }, { may: ['org.viewSettings'] })
  await screen.findByText('Only admins can change these settings.')
  assert.deepEqual(textsOf('radio'), [])
  absent(screen.queryByRole('region', { name: 'Email domains' }))
})
