import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { screen, within } from '@testing-library/react'
import { ApiError } from '../../api/index.ts'
import { viewport } from '../../tests/web/dom.ts'
import { absent, textsOf } from '../../tests/web/look.ts'
import { show } from '../../tests/web/show.tsx'
import { type Endless, whole } from '../endless.ts'
import type { Column } from './columns.ts'
import { EndlessTable } from './EndlessTable.tsx'

interface Animal {
  name: string
  legs: number
}

const columns: Column<Animal>[] = [
  { id: 'name', header: 'Name', card: 'title', sort: 'name', cell: ({ name }) => name },
  { id: 'legs', header: 'Legs', numeric: true, cell: ({ legs }) => (legs === 0 ? null : legs) },
  {
    id: 'more',
    header: 'Actions',
    quiet: true,
    card: 'aside',
    cell: ({ name }) => <button type="button">Feed {name}</button>,
  },
]
const animals: Animal[] = [
  { name: 'ant', legs: 6 },
  { name: 'eel', legs: 0 },
]

type Table = Parameters<typeof EndlessTable<Animal>>[0]

function table(list: Endless<Animal>, over: Partial<Table> = {}) {
  return show(
    <EndlessTable
      label="Animals"
      columns={columns}
      rowKey={({ name }) => name}
      empty={<p>No animals yet</p>}
      list={list}
      {...over}
    />,
  )
}

test('EndlessTable: a table has a name, headers, and a line that says how many there are', async () => {
  await table(whole(animals))
  const shown = screen.getByRole('table', { name: 'Animals' })
  assert.deepEqual(textsOf('columnheader', shown), ['Name', 'Legs', 'Actions'])
  assert.deepEqual(textsOf('cell', shown), ['ant', '6', 'Feed ant', 'eel', '', 'Feed eel'])
  screen.getByText('2 in total')
})

test('EndlessTable: on a narrow screen rows are cards with the same actions, and empty cells are left out', async () => {
  viewport.width = 400
  await table(whole(animals))
  absent(screen.queryByRole('table'))
  const [ant, eel] = within(screen.getByRole('list', { name: 'Animals' })).getAllByRole('listitem')
  assert.equal(ant?.textContent, 'antFeed antLegs6')
  assert.equal(eel?.textContent, 'eelFeed eel')
})

test('EndlessTable: without rows it says what to do, and not before they were read', async () => {
  await table(whole([]))
  screen.getByText('No animals yet')
})

test('EndlessTable: while the first page is read the list is not called empty', async () => {
  await table({ ...whole([]), loading: true })
  absent(screen.queryByText('No animals yet'))
  absent(screen.queryByRole('table'))
})

test('EndlessTable: a list that cannot be read says why, and does not pretend to be empty', async () => {
  const readMore = mock.fn()
  const error = new ApiError(503, 'Busy', { error: 'Guildhall is busy.' }, undefined)
  const { user } = await table({ ...whole([]), error, readMore })
  assert.equal(screen.getByRole('alert').textContent, 'Guildhall is busy.')
  absent(screen.queryByText('No animals yet'))
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  assert.equal(readMore.mock.callCount(), 1)
})

test('EndlessTable: when a later page fails the rows stay, and reading can be tried again', async () => {
  const readMore = mock.fn()
  const { user } = await table({ ...whole(animals), error: new TypeError('fetch failed'), readMore })
  assert.match(screen.getByRole('alert').textContent ?? '', /didn’t answer/)
  assert.equal(screen.getAllByRole('row').length, 3)
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  assert.equal(readMore.mock.callCount(), 1)
})

test('EndlessTable: rows of the search before are marked as busy while the next one is read', async () => {
  await table({ ...whole(animals), stale: true, reading: true })
  const busy = screen.getByRole('table').closest('[aria-busy]')
  assert.equal(busy?.getAttribute('aria-busy'), 'true')
  screen.getByLabelText('Loading')
})

test('EndlessTable: a long list draws few of its rows, and says how many there are', async () => {
  const rows = Array.from({ length: 100 }, (_, index) => ({ name: `n${index}`, legs: 4 }))
  await table({ ...whole(rows), more: true }, { total: 5000 })
  assert.equal(screen.getByRole('table').getAttribute('aria-rowcount'), '5001')
  assert.ok(screen.getAllByRole('row').length < 100)
  screen.getByText('Showing 100 of 5,000. Scroll for more.')
})

test('EndlessTable: a header that sorts says how it sorts, and turns the order around', async () => {
  const onSort = mock.fn()
  const { user } = await table(whole(animals), { sorting: { by: 'name', descending: false, onSort } })
  const [name, legs] = screen.getAllByRole('columnheader')
  assert.equal(name?.getAttribute('aria-sort'), 'ascending')
  assert.equal(legs?.getAttribute('aria-sort'), null)
  absent(within(legs as HTMLElement).queryByRole('button'))
  await user.click(screen.getByRole('button', { name: 'Name' }))
  assert.deepEqual(onSort.mock.calls[0]?.arguments, ['name', true])
})

test('EndlessTable: sorting by another column begins with its start', async () => {
  const onSort = mock.fn()
  const { user } = await table(whole(animals), { sorting: { by: 'legs', descending: true, onSort } })
  await user.click(screen.getByRole('button', { name: 'Name' }))
  assert.deepEqual(onSort.mock.calls[0]?.arguments, ['name', false])
})

test('EndlessTable: the list can say something else than how many there are', async () => {
  await table(whole(animals), { foot: '2 animals in 1 zoo' })
  screen.getByText('2 animals in 1 zoo')
  absent(screen.queryByText('2 in total'))
})
