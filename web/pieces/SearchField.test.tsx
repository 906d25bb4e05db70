import assert from 'node:assert/strict'
import { test } from 'node:test'
import { act, screen, waitFor } from '@testing-library/react'
import { useState } from 'react'
import { show } from '../../tests/web/show.tsx'
import { SearchField } from './SearchField.tsx'

// A page whose address follows only when the test says so, as on a slow machine.
interface Address {
  follow: (value: string) => void
  asked: string[]
}

function Page({ address }: { address: Address }) {
  const [value, setValue] = useState('')
  address.follow = setValue
  const ask = (words: string) => address.asked.push(words)
  return (
    <>
      <SearchField label="Search" value={value} reading={false} onChange={ask} />
      <SearchField label="Other search" value="" reading={false} onChange={ask} />
    </>
  )
}

async function field() {
  const address: Address = { follow: () => {}, asked: [] }
  const { user } = await show(<Page address={address} />)
  const box = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Search' })
  return { user, box, asked: address.asked, comesBack: (value: string) => act(async () => address.follow(value)) }
}

test('Search field: it asks once for what was typed in one go', async () => {
  const { user, box, asked } = await field()
  await user.type(box, 'bea ')
  await waitFor(() => assert.deepEqual(asked, ['bea']))
})

test('Search field: keys pressed while the first ones are on their way stay', async () => {
  const { user, box, asked, comesBack } = await field()
  await user.type(box, 'b')
  await waitFor(() => assert.deepEqual(asked, ['b']))
  await user.type(box, 'ea')
  await comesBack('b')
  assert.equal(box.value, 'bea')
  await waitFor(() => assert.deepEqual(asked, ['b', 'bea']))
})

test('Search field: what comes from elsewhere replaces what was typed, and what was typed is not asked for', async () => {
  const { user, box, asked, comesBack } = await field()
  await comesBack('ada')
  assert.equal(box.value, 'ada')
  await user.type(box, 'x')
  await comesBack('')
  assert.equal(box.value, '')
  // Both fields wait as long, so the first one would have asked before the second.
  await user.type(screen.getByRole('textbox', { name: 'Other search' }), 'zoe')
  await waitFor(() => assert.deepEqual(asked, ['zoe']))
})

test('Search field: words that were deleted before they were sent do not shield it from being cleared', async () => {
  const { user, box, asked, comesBack } = await field()
  await user.type(box, 'a{Backspace}')
  await waitFor(() => assert.deepEqual(asked, ['']))
  await comesBack('ada')
  await comesBack('')
  assert.equal(box.value, '')
})
