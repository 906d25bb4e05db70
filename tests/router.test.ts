import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { z } from 'zod'
import { allOperations } from '../api/operations.ts'
import { reservedNames } from '../server/users/names/reserved.ts'
import { startTestHub } from './hub.ts'

const reserved = new Set(reservedNames)

function firstSegments(paths: readonly string[]): string[] {
  const first = paths.map((path) => path.split('/')[1]?.split(/[?(]/)[0]?.toLowerCase() ?? '')
  return [...new Set(first)].filter((segment) => segment !== '' && !/^[:$*{]/.test(segment))
}

function unreserved(paths: readonly string[]): string[] {
  return firstSegments(paths).filter((segment) => !reserved.has(segment))
}

/** Every address the server's own router knows, read from its printed tree. */
function routedPaths(tree: string): string[] {
  const open: string[] = []
  return tree.split('\n').flatMap((line) => {
    const found = /^([│ ]*)[├└]── (.*?)(?: \([A-Z, ]+\))?$/.exec(line)
    if (!found) return []
    const depth = (found[1] ?? '').length / 4
    open.length = depth
    open[depth] = found[2] ?? ''
    return [open.join('')]
  })
}

const { running } = await startTestHub()

test('every operation that the API defines is served', () => {
  const served = new Set(running.server.operations.map(({ method, path }) => `${method} ${path}`))
  const missing = allOperations()
    .map(({ method, path }) => `${method} ${path}`)
    .filter((name) => !served.has(name))
  assert.deepEqual(missing, [])
})

test('no one can take a name that is the first part of an address of the hub', () => {
  const paths = routedPaths(running.server.app.printRoutes({ commonPrefix: false }))
  assert.ok(
    paths.some((path) => path.startsWith('/api/organizations/')),
    'the routes are seen',
  )
  assert.deepEqual(unreserved(running.server.operations.map(({ path }) => path)), [])
  assert.deepEqual(unreserved(paths), [])
})

// As `export` is in `/members/export`: a member of that name could not be looked at.
test('no one can take a name that stands in an address where another has a name', () => {
  const paths = running.server.operations.map(({ method, path }) => [method, ...path.split('/')])
  const named = paths.flatMap((path) =>
    path.flatMap((part, at) => (/^:(username|org|namespace)$/.test(part) ? [path.slice(0, at).join('/')] : [])),
  )
  const hidden = paths.flatMap((path) => path.filter((_part, at) => named.includes(path.slice(0, at).join('/'))))
  const taken = [...new Set(hidden)].filter((part) => !part.startsWith(':') && !reserved.has(part))
  assert.deepEqual(taken, [], 'add them to server/users/names/reserved.ts, or choose another path')
})

test('no one can take a name that is the first part of the address of a page', () => {
  const source = readFileSync(new URL('../web/routes.tsx', import.meta.url), 'utf8')
  const paths = [...source.matchAll(/page\(root, '([^']*)'/g)].map(([, path]) => path ?? '')
  assert.ok(firstSegments(paths).includes('organizations'), 'the pages are seen')
  assert.deepEqual(unreserved(paths), [])
})

// Servers, proxies and browsers write addresses down. A link to a large file is signed instead: it is short-lived, and
// the access of who asked for it is decided again.
test('no address holds a secret', () => {
  const secret = /token|secret|password|proof|code|invitation|^key$|^link$/i
  const fields = running.server.operations.flatMap(({ method, path, params, query }) =>
    [params, query].flatMap((schema) =>
      schema instanceof z.ZodObject ? Object.keys(schema.shape).map((field) => `${field} in ${method} ${path}`) : [],
    ),
  )
  const found = fields.filter((name) => secret.test(name.split(' ')[0] ?? '')).sort()
  assert.deepEqual(
    [...new Set(found)],
    [
      // The short code that a person types or follows (RFC 8628): it opens nothing until someone who is signed in approves
      'code in get /api/settings/device/:code',
      'code in post /api/settings/device/:code/approve',
      'code in post /api/settings/device/:code/deny',
      'link in get /api/lfs/:link',
      'link in get /api/xet/:link',
      'link in post /api/lfs/:link',
      'link in put /api/lfs/:link',
      // The ID of one
      'token in get /api/organizations/:org/access/explain',
      'tokenId in delete /api/organizations/:org/service-accounts/:serviceAccountId/tokens/:tokenId',
      'tokenId in delete /api/organizations/:org/settings/scim/tokens/:tokenId',
      'tokenId in patch /api/organizations/:org/service-accounts/:serviceAccountId/tokens/:tokenId',
      'tokenId in post /api/organizations/:org/service-accounts/:serviceAccountId/tokens/:tokenId/rotate',
      'tokenId in post /api/organizations/:org/settings/scim/tokens/:tokenId/rotate',
    ],
  )
})
