import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen } from '@testing-library/react'
import { networkSecurity } from '../../../../api/index.ts'
import { answer, refuse, sent } from '../../../../tests/web/hub.ts'
import { absent, saidAt } from '../../../../tests/web/look.ts'
import { anOrg, someSettings } from '../../../../tests/web/samples.ts'
import { show } from '../../../../tests/web/show.tsx'
import { IpRanges } from './IpRanges.tsx'

const { updateNetworkSecurity } = networkSecurity

async function page(ipRanges: string[] = [], reason?: string) {
  const { user } = await show(<IpRanges org={anOrg()} settings={someSettings({ ipRanges })} reason={reason} />)
  await screen.findByRole('heading', { name: 'IP ranges' })
  return user
}

const networks = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Allowed networks' })

test('IP ranges: they are one per line, and are saved with the switch', async () => {
  answer(updateNetworkSecurity, {
    enforceAuth: false,
    enforceIpRestriction: true,
    highRateLimits: false,
    ipRanges: ['203.0.113.0/24', '2001:db8::/32'],
    blockedContents: [],
    allowedContents: [],
    keepReposMetadataVisible: false,
  })
  const user = await page(['203.0.113.0/24'])
  assert.equal(networks().value, '203.0.113.0/24')
  await user.type(networks(), '\n2001:db8::/32 198.51.100.7, 2001:db8::7')
  await user.click(screen.getByRole('switch', { name: 'Allow access only from these networks' }))
  await user.click(screen.getByRole('button', { name: 'Save IP ranges' }))
  await screen.findByText('Saved the IP ranges.')
  assert.deepEqual(sent(updateNetworkSecurity)[0]?.body, {
    ipRanges: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7/32', '2001:db8::7/128'],
    enforceIpRestriction: true,
  })
})

test('IP ranges: a line that is no network is named at the field, and nothing is sent', async () => {
  const user = await page()
  await user.type(networks(), '203.0.113.0/24\noffice')
  await user.click(screen.getByRole('button', { name: 'Save IP ranges' }))
  await screen.findByText(/“office” isn’t a network in CIDR notation or an IP address\./)
  assert.equal(sent(updateNetworkSecurity).length, 0)
})

test('IP ranges: what would lock the admin out stands at the field', async () => {
  const sentence = 'must include your own address, 198.51.100.7. Otherwise you lock yourself out'
  refuse(updateNetworkSecurity, {
    status: 400,
    code: 'BadRequest',
    error: `ipRanges: ${sentence}`,
    fields: [{ field: 'ipRanges', message: sentence }],
  })
  const user = await page()
  await user.type(networks(), '203.0.113.0/24')
  await user.click(screen.getByRole('button', { name: 'Save IP ranges' }))
  await screen.findByText(/own address, 198\.51\.100\.7/)
  assert.match(saidAt(networks()), /your own address, 198\.51\.100\.7/)
})

test('IP ranges: your own address is one click away, and is added once', async () => {
  const user = await page(['203.0.113.0/24'])
  await screen.findByText('198.51.100.7')
  await user.click(screen.getByRole('button', { name: 'Add your address' }))
  assert.equal(networks().value, '203.0.113.0/24\n198.51.100.7')
  absent(screen.queryByRole('button', { name: 'Add your address' }))
})

test('IP ranges: who may not change them sees no form', async () => {
  await page([], 'Only admins can change these settings.')
  absent(screen.queryByRole('textbox'))
})
