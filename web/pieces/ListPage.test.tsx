import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { absent } from '../../tests/web/look.ts'
import { show } from '../../tests/web/show.tsx'
import { type Endless, whole } from '../endless.ts'
import { ListPage } from './ListPage.tsx'

type List = Parameters<typeof ListPage<{ name: string }>>[0]

async function list(rows: Endless<{ name: string }>, over: Partial<List> = {}) {
  return show(
    <ListPage
      head={{ title: 'Imports', of: 'acme', state: '2 imports' }}
      things="imports"
      label="Imports of acme"
      columns={[{ id: 'name', header: 'Name', card: 'title', cell: ({ name }) => name }]}
      list={rows}
      rowKey={({ name }) => name}
      onClear={undefined}
      empty={{ title: 'No imports yet', children: 'Changes from a file appear here.' }}
      {...over}
    />,
  )
}

test('ListPage: it begins with its title and its state, and the window is named after both', async () => {
  await list(whole([{ name: 'spring.csv' }]))
  screen.getByRole('heading', { level: 1, name: 'Imports' })
  screen.getByText('2 imports')
  assert.equal(document.title, 'Imports · acme · Guildhall')
  screen.getByRole('table', { name: 'Imports of acme' })
})

test('ListPage: an empty list says what it is for', async () => {
  await list(whole([]))
  screen.getByRole('heading', { name: 'No imports yet' })
  screen.getByText('Changes from a file appear here.')
  absent(screen.queryByRole('button', { name: 'Clear filters' }))
})

test('ListPage: a list that is only narrowed to nothing is not called empty, and can be widened', async () => {
  const onClear = mock.fn()
  const { user } = await list(whole([]), { onClear })
  screen.getByRole('heading', { name: 'No imports match' })
  absent(screen.queryByText('No imports yet'))
  await user.click(screen.getByRole('button', { name: 'Clear filters' }))
  assert.equal(onClear.mock.callCount(), 1)
})

test('ListPage: a search asks once, a moment after the last key, and without spaces around it', async () => {
  const onChange = mock.fn<(words: string) => void>()
  const search = { label: 'Search by name', value: undefined, onChange }
  const { user } = await list(whole([{ name: 'spring.csv' }]), { search })
  await user.type(screen.getByRole('textbox', { name: 'Search by name' }), ' spring ')
  await waitFor(() => assert.equal(onChange.mock.callCount(), 1))
  assert.deepEqual(onChange.mock.calls[0]?.arguments, ['spring'])
})

test('ListPage: a search is cleared with one button, which is there only while there is something to clear', async () => {
  const onChange = mock.fn<(words: string) => void>()
  const { user } = await list(whole([{ name: 'a' }]), { search: { label: 'Search', value: 'spring', onChange } })
  await user.click(screen.getByRole('button', { name: 'Clear search' }))
  await waitFor(() => assert.deepEqual(onChange.mock.calls[0]?.arguments, ['']))
  absent(screen.queryByRole('button', { name: 'Clear search' }))
})
