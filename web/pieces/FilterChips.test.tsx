import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { screen } from '@testing-library/react'
import { textsOf } from '../../tests/web/look.ts'
import { show } from '../../tests/web/show.tsx'
import { FilterChips } from './FilterChips.tsx'

test('FilterChips: they are one named group, say their counts, and which one is chosen', async () => {
  const onChange = mock.fn()
  const chips = [
    { value: 'all' as const, label: 'All', count: 1200 },
    { value: 'error' as const, label: 'Errors', count: 0 },
    { value: 'mine' as const, label: 'Mine' },
  ]
  const { user } = await show(<FilterChips label="Filter rows" chips={chips} value="all" onChange={onChange} />)
  const group = screen.getByRole('group', { name: 'Filter rows' })
  assert.deepEqual(textsOf('button', group), ['All1,200', 'Errors0', 'Mine'])
  const pressed = screen.getAllByRole('button', { pressed: true })
  assert.deepEqual(
    pressed.map(({ textContent }) => textContent),
    ['All1,200'],
  )
  await user.tab()
  await user.tab()
  await user.keyboard(' ')
  assert.deepEqual(
    onChange.mock.calls.map((call) => call.arguments),
    [['error']],
  )
})
