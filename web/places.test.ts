import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryHistory, createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { repoAddress, revisionAddress } from './addresses.ts'
import { commitPage, filePage, folderPage, historyPage, type Place, repoPage } from './places.ts'

const paths = ['', '/branches', '/tree/$rev/$', '/blob/$rev/$', '/commit/$rev', '/commits/$rev']
const root = createRootRoute()
const routes = ['/$name/$repo', '/datasets/$name/$repo', '/spaces/$name/$repo'].flatMap((start) =>
  paths.map((path) => createRoute({ getParentRoute: () => root, path: start + path })),
)
const router = createRouter({ routeTree: root.addChildren(routes), history: createMemoryHistory() })

const hrefOf = (place: Place) => router.buildLocation(place as never).href

test('a page of a repository is at the address of the repository', () => {
  const dataset = { type: 'dataset', id: 'ada/flights' } as const
  assert.equal(hrefOf(repoPage(dataset)), repoAddress(dataset))
  assert.equal(hrefOf(repoPage({ type: 'model', id: 'ada/whisper' }, '/branches')), '/ada/whisper/branches')
  assert.equal(hrefOf(commitPage({ type: 'space', id: 'ada/board' }, 'abc')), '/spaces/ada/board/commit/abc')
})

test('names of files and branches lead to themselves, whatever signs they hold', () => {
  const repo = { type: 'model', id: 'ada/whisper' } as const
  for (const path of [
    'a b/c.txt',
    '100%.md',
    '%41.md',
    '$name.md',
    'q?#&+.md',
    'é/日本.md',
    '{-$x}/..a',
    "it's;(1)=,@:!~*",
  ]) {
    const written = decodeURIComponent(revisionAddress(repo, 'blob', 'feature/x', path).replace('feature%2Fx', ''))
    const href = hrefOf(filePage(repo, 'blob', 'feature/x', path))
    assert.ok(href.startsWith('/ada/whisper/blob/feature%2Fx/'), href)
    assert.equal(decodeURIComponent(new URL(href, 'http://hub.invalid').pathname.replace('feature%2Fx', '')), written)
  }
})

test('without a path a folder is the top one, and the newest commits are page 0', () => {
  const repo = { type: 'model', id: 'ada/whisper' } as const
  assert.equal(hrefOf(folderPage(repo, 'tree', 'main')), '/ada/whisper/tree/main')
  assert.equal(hrefOf(folderPage(repo, 'tree', 'main', 'data')), '/ada/whisper/tree/main/data')
  assert.deepEqual(historyPage(repo, 'main', { page: 0 }).search, { file: undefined })
  assert.deepEqual(historyPage(repo, 'main', { file: 'a.md', page: 2 }).search, { file: 'a.md', p: 2 })
})
