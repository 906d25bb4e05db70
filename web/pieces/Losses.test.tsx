import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen } from '@testing-library/react'
import { absent, textsOf } from '../../tests/web/look.ts'
import { show } from '../../tests/web/show.tsx'
import { Losses } from './Losses.tsx'

test('Losses: each is an entry of a list below its title, and begins like a sentence', async () => {
  await show(<Losses title="Bea loses" phrases={['write access to 4 repositories', 'the group speech']} />)
  await screen.findByText('Bea loses')
  assert.deepEqual(textsOf('listitem'), ['Write access to 4 repositories', 'The group speech'])
})

test('Losses: without a loss there is not even the title', async () => {
  await show(<Losses title="Bea loses" phrases={[]} />)
  absent(screen.queryByText('Bea loses'))
})
