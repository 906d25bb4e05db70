import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, within } from '@testing-library/react'
import type { bulk } from '../../api/index.ts'
import { absent, textsOf } from '../../tests/web/look.ts'
import { aVerdict } from '../../tests/web/samples.ts'
import { show } from '../../tests/web/show.tsx'
import { BulkPreview } from './BulkPreview.tsx'

const group = { id: '04'.repeat(12), name: 'speech' }
const bea = aVerdict({
  row: 1,
  who: 'bea',
  verdict: 'change',
  message: 'Role changed from write to read.',
  before: { role: 'write', groups: [] },
  after: { role: 'read', groups: [{ ...group, role: 'admin' }] },
  loses: ['write access to 3 repositories'],
})
const cy = aVerdict({ row: 2, who: 'cy', verdict: 'unchanged', message: 'No change.' })
const dan = aVerdict({
  row: 3,
  who: 'dan',
  verdict: 'remove',
  message: 'Removed.',
  before: { role: 'read', groups: [{ ...group, role: 'read' }] },
  loses: ['read access to 12 repositories', 'the group speech'],
})
const eve = aVerdict({ row: 4, who: 'eve@example.org', verdict: 'invite', message: 'An invitation is sent.' })
const nosuch = aVerdict({ row: 5, who: 'nosuch', verdict: 'error', message: 'No account named “nosuch”.' })

function resultOf(rows: bulk.BulkVerdict[], over: Partial<bulk.BulkResult> = {}): bulk.BulkResult {
  const count = (verdict: bulk.BulkVerdict['verdict']) => rows.filter((row) => row.verdict === verdict).length
  return {
    mode: 'plan',
    applied: false,
    planHash: 'x',
    counts: {
      rows: rows.length,
      change: count('change'),
      unchanged: count('unchanged'),
      invite: count('invite'),
      remove: rows.filter(({ verdict, loses }) => verdict === 'remove' && loses.length > 0).length,
      revoke: rows.filter(({ verdict, loses }) => verdict === 'remove' && loses.length === 0).length,
      error: count('error'),
      loseAccess: rows.filter(({ loses }) => loses.length > 0).length,
    },
    removalLimit: 5,
    problems: [],
    rows,
    inverse: '',
    ...over,
  }
}

const everyone = resultOf([bea, cy, dan, eve, nosuch])
const names = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).getAllByRole('cell')[1]?.textContent ?? '')
const rowOf = (who: string) => screen.getByText(who).closest('tr') as HTMLElement
const chip = (name: RegExp) => within(screen.getByRole('group', { name: 'Filter rows' })).getByRole('button', { name })

test('BulkPreview: errors come first, the rest in the order of the file', async () => {
  await show(<BulkPreview result={everyone} label="Changes" />)
  assert.deepEqual(
    names().map((words) => words.slice(0, 3)),
    ['nos', 'bea', 'cyN', 'dan', 'eve'],
  )
  screen.getByRole('table', { name: 'Changes' })
  screen.getByText('5 rows')
})

test('BulkPreview: a change says the role before and after, and what changes in groups', async () => {
  await show(<BulkPreview result={everyone} label="Changes" />)
  const row = within(rowOf('bea'))
  row.getByText('change')
  row.getByText('write')
  row.getByLabelText('becomes')
  row.getByText('read')
  row.getByText('added to speech: admin')
  row.getByText('write access to 3 repositories')
  // The columns beside it say the same.
  absent(row.queryByText(bea.message))
})

test('BulkPreview: a removal says everything that is lost', async () => {
  await show(<BulkPreview result={everyone} label="Changes" />)
  const row = within(rowOf('dan'))
  row.getByText('not a member')
  row.getByText('removed from speech')
  assert.deepEqual(textsOf('listitem', rowOf('dan')), ['removed from speech', ...dan.loses])
})

test('BulkPreview: an invitation that is revoked is not called a member who is removed', async () => {
  const row = aVerdict({ who: 'eve@example.org', verdict: 'remove', before: { role: 'read', groups: [] } })
  await show(<BulkPreview result={resultOf([row, dan])} label="Changes" />)
  const shown = within(rowOf('eve@example.org'))
  shown.getByText('revoke')
  shown.getByText('not invited')
  assert.deepEqual(textsOf('button', screen.getByRole('group')), [
    'All2',
    'Removals1',
    'Revoked invitations1',
    'Lose access1',
  ])
})

test('BulkPreview: a role inside a group that changes is said with both', async () => {
  const row = aVerdict({
    verdict: 'change',
    before: { role: 'read', groups: [{ ...group, role: 'read' }] },
    after: { role: 'read', groups: [{ ...group, role: 'write' }] },
  })
  await show(<BulkPreview result={resultOf([row])} label="Changes" />)
  await screen.findByText('speech: read → write')
  absent(screen.queryByLabelText('becomes'))
})

test('BulkPreview: an error has its sentence and no before and after', async () => {
  await show(<BulkPreview result={everyone} label="Changes" />)
  const row = within(rowOf('nosuch'))
  row.getByText('No account named “nosuch”.')
  row.getByText('error')
  absent(row.queryByText('not a member'))
})

test('BulkPreview: the chips count, filter, and leave out what there is none of', async () => {
  const { user } = await show(<BulkPreview result={everyone} label="Changes" />)
  await user.click(chip(/^Lose access/))
  assert.deepEqual(names(), ['bea', 'dan'])
  screen.getByText('2 rows')
  await user.click(chip(/^Errors/))
  assert.equal(names().length, 1)
  await user.click(chip(/^All/))
  assert.equal(names().length, 5)
})

test('BulkPreview: a filter that nothing can match is not offered', async () => {
  await show(<BulkPreview result={resultOf([cy])} label="Changes" />)
  assert.deepEqual(textsOf('button', screen.getByRole('group')), ['All1', 'No change1'])
})

test('BulkPreview: why nothing can be applied yet is announced above everything', async () => {
  const problems = ['Remove the last admin’s row.', 'Row 5 names no account.']
  await show(<BulkPreview result={resultOf([nosuch], { problems })} label="Changes" />)
  const alert = screen.getByRole('alert')
  within(alert).getByText('Can’t be applied yet')
  assert.deepEqual(textsOf('listitem', alert), problems)
})

test('BulkPreview: rows that the viewer did not number have no numbers', async () => {
  await show(<BulkPreview result={everyone} label="Changes" numbered={false} />)
  absent(screen.queryByRole('columnheader', { name: 'Row' }))
})
