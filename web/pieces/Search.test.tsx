import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { repos } from '../../api/index.ts'
import { answer, sent } from '../../tests/web/hub.ts'
import { findOption, hasFocus } from '../../tests/web/look.ts'
import { show } from '../../tests/web/show.tsx'
import { Search } from './Search.tsx'

const { quickSearch } = repos
const ada = { name: 'ada', fullname: 'Ada Lovelace', avatarUrl: '/api/avatars/ada' }
const acme = { name: 'acme', fullname: '', avatarUrl: '/api/avatars/acme' }
const field = () => screen.getByLabelText<HTMLInputElement>(/^Search people/, { selector: 'input' })

async function search(words: string) {
  const shown = await show(<Search />)
  await shown.user.type(field(), words)
  return shown
}

test('Search: organizations, people, and repositories are found, and Enter leads to the chosen one', async () => {
  answer(quickSearch, {
    people: [ada],
    organizations: [acme],
    repositories: [{ type: 'dataset', id: 'acme/speech', private: false, gated: 'auto' }],
  })
  const { user, address } = await search('a')
  await findOption('acme acme')
  await findOption('Ada Lovelace ada')
  await findOption('acme/speech dataset gated')
  await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{Enter}')
  await waitFor(() => assert.match(address(), /\/datasets\/acme\/speech$/))
  assert.equal(field().value, '')
})

test('Search: a slash leads to the field, and is not typed into it', async () => {
  const { user } = await show(<Search />)
  await user.keyboard('/')
  hasFocus(field())
  assert.equal(field().value, '')
})

test('Search: nothing found is said', async () => {
  answer(quickSearch, { people: [], organizations: [], repositories: [] })
  await search('zzz')
  await screen.findByText('Nothing found')
})

test('Search: what is typed quickly is asked once, cut to what the server takes', async () => {
  answer(quickSearch, { people: [], organizations: [], repositories: [] })
  await search(`  ${'x'.repeat(205)}`)
  await screen.findByText('Nothing found')
  assert.deepEqual(
    sent(quickSearch).map(({ query }) => query.q?.length),
    [200],
  )
})
