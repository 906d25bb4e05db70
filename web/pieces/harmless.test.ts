import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isHubPicture } from './harmless.ts'

test('pictures of a document come from files and avatars of the hub, and from no other address of it', () => {
  for (const source of [
    '/acme/coast/resolve/main/art/dot.png',
    '/datasets/acme/coast/resolve/v1.0/dot.png?download=true',
    '/spaces/acme/coast/resolve/main/dot.png',
    '/api/avatars/ada',
  ])
    assert.equal(isHubPicture(source), true, source)
  for (const source of [
    '/api/organizations/acme/audit-log/export',
    '/acme/coast/resolve/../../../api/organizations/acme/audit-log/export',
    '/acme/coast/resolve/%2e%2e/%2E%2e/%2e./api/organizations/acme/members/export',
    '/acme/coast\\resolve\\..\\..\\..\\api\\organizations\\acme\\members\\export',
    '/api/models/resolve/acme',
    '/api/avatars/../organizations/acme/members/export',
    '/api/avatars/ada/../../organizations/acme/members/export',
    '//elsewhere.invalid/acme/coast/resolve/main/dot.png',
    '/\\elsewhere.invalid/acme/coast/resolve/main/dot.png',
    '/join',
    '/acme/coast/raw/main/dot.png',
    '/',
    'dot.png',
    '',
  ])
    assert.equal(isHubPicture(source), false, source)
})
