import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { members } from '../../../../api/index.ts'
import { answer, refuse, sent } from '../../../../tests/web/hub.ts'
import { absent, textsOf } from '../../../../tests/web/look.ts'
import { aMember, anOrg } from '../../../../tests/web/samples.ts'
import { show } from '../../../../tests/web/show.tsx'
import { RoleChange } from './RoleChange.tsx'

const { updateMember } = members
const group = { id: '04'.repeat(12), name: 'speech', role: 'read' as const, sources: [] }
const picked = { user: 'bea', fullname: 'Bea Ito', from: 'write', to: 'read' } as const

function rehearse(over: { gains?: string[]; loses?: string[]; before?: object; after?: object } = {}): void {
  const { gains = [], loses = [], before = {}, after = {} } = over
  answer(updateMember, ({ query }) => ({
    dryRun: query.dryRun === 'true',
    before: aMember(before),
    after: aMember({ role: 'read', ...after }),
    gains,
    loses,
  }))
}

async function open(onClose = mock.fn()) {
  const { user } = await show(<RoleChange org={anOrg()} picked={picked} onClose={onClose} />)
  return { user, onClose, dialog: await screen.findByRole('dialog', { name: 'Change role of Bea Ito' }) }
}

const button = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Change role to read' })

test('RoleChange: what is lost is said before the button can be pressed, and nothing has changed by then', async () => {
  rehearse({ loses: ['write access to 3 repositories'] })
  await open()
  assert.equal(button().disabled, true)
  await screen.findByText('Bea Ito loses:')
  assert.deepEqual(textsOf('listitem'), ['Write access to 3 repositories'])
  assert.equal(button().disabled, false)
  assert.ok(sent(updateMember).every(({ query }) => query.dryRun === 'true'))
})

test('RoleChange: pressing it changes the role, says so, and closes', async () => {
  rehearse()
  const { user, onClose } = await open()
  await screen.findByText('Not in any resource group.')
  await user.click(button())
  await screen.findByText('Bea Ito now has the read role.')
  assert.equal(onClose.mock.callCount(), 1)
  const real = sent(updateMember).filter(({ query }) => query.dryRun === undefined)
  assert.deepEqual(
    real.map(({ body }) => body),
    [{ role: 'read' }],
  )
})

test('RoleChange: groups that auto-join adds, and those that stay, are named', async () => {
  rehearse({
    gains: ['read access to 2 repositories'],
    before: { groups: [group] },
    after: { groups: [group, { ...group, id: '08'.repeat(12), name: 'vision', role: 'write' }] },
  })
  await open()
  await screen.findByText('Bea Ito gains:')
  screen.getByText('Auto-join adds them to vision (write). Roles in resource groups don’t change: speech (read).')
  absent(screen.queryByText('Bea Ito loses:'))
})

test('RoleChange: before and after stand side by side', async () => {
  rehearse()
  const { dialog } = await open()
  within(dialog).getByText('write')
  within(dialog).getByLabelText('becomes')
  within(dialog).getByText('read')
})

test('RoleChange: the last admin is not demoted, and the dialog says who could be admin', async () => {
  const candidates = [{ user: 'cy', fullname: 'Cy Old', role: 'write' }]
  refuse(updateMember, { status: 409, code: 'LastAdmin', error: 'acme needs an active admin.', candidates })
  const { user } = await open()
  const alert = await screen.findByRole('alert')
  assert.match(alert.textContent ?? '', /acme needs an active admin/)
  within(alert).getByRole('link', { name: 'Cy Old' })
  assert.equal(button().disabled, true)
  await user.click(button())
  await waitFor(() => assert.equal(sent(updateMember).length, 1))
})
