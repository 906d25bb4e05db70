import assert from 'node:assert/strict'
import { test } from 'node:test'
import { safeNext } from './next.ts'

const origin = 'https://hub.example.org'

test('a path on this site is followed', () => {
  for (const path of ['/', '/acme', '/settings/tokens?a=b', '/docs/api#tokens', '/a/b%20c', '/?next=//evil.example']) {
    assert.equal(safeNext(path, origin), path)
  }
})

test('everything else leads to the first page', () => {
  const strays = [
    ...[undefined, '', 'acme', 'https://evil.example', '//evil.example', '/\\evil.example', '\\\\evil.example'],
    ...['/\t/evil.example', '/\n/evil.example', ' //evil.example', '/..//evil.example', '/./\\evil.example'],
    ...['/.//evil.example', '/%2e//evil.example', 'javascript:alert(1)', '/\u0000/evil.example', '/login?next=/acme'],
  ]
  for (const stray of strays) assert.equal(safeNext(stray, origin), '/', String(stray))
})
