import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { allOperations } from '../api/operations.ts'
import { openApiDocument } from '../server/http/openapi.ts'

interface Described {
  operationId: string
  security: object[]
  requestBody?: { content: Record<string, unknown> }
  responses: Record<string, { content: Record<string, { schema: { required?: string[] } }> }>
}

const document = openApiDocument(allOperations(), { publicUrl: 'https://hub.example', version: '1' })
const paths = document.paths as Record<string, Record<string, Described>>
const access = readFileSync(new URL('snapshots/access.txt', import.meta.url), 'utf8')

// What `access.txt` has for one operation, by what it is called there.
const blocks = access.split('\n\n').flatMap((block) => {
  const [, method = '', path = '', status = ''] = block.match(/^([a-z]+) (\S+)\n {2}anonymous +(\d+)/m) ?? []
  return path === '' ? [] : [{ method, path, status: Number(status) }]
})

/** The operations that `access.txt` calls so: one for each type of repository where it names none. */
function describedAs(method: string, path: string): Described[] {
  const template = path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}')
  const kinds = template
    .replace('{repoType}', '(models|datasets|spaces)')
    .replace('/{repoPrefix}', '(/datasets|/spaces)?')
  const form = new RegExp(`^${kinds.replaceAll(/[{}]/g, '\\$&')}$`)
  return Object.entries(paths).flatMap(([name, methods]) =>
    form.test(name) && methods[method] ? [methods[method]] : [],
  )
}

test('what answers a caller without an account is described as open to everyone', () => {
  let compared = 0
  for (const { method, path, status } of blocks) {
    if (status >= 400) continue
    const found = describedAs(method, path)
    assert.ok(found.length > 0, `${method} ${path} is not described`)
    for (const { operationId, security } of found) {
      compared++
      assert.deepEqual(security[0], {}, operationId)
    }
  }
  assert.ok(compared > 25, `${compared}`)
})

test('what reads a repository is described as open to everyone, since a repository may be public', () => {
  const reading = allOperations().filter(({ action }) => action === 'repo.view' || action === 'repo.read')
  const found = reading.flatMap(({ method, path }) => describedAs(method, path))
  assert.ok(found.length > 40, `${found.length}`)
  assert.deepEqual(
    found.filter(({ security }) => Object.keys(security[0] ?? {}).length > 0).map(({ operationId }) => operationId),
    [],
  )
})

test('SCIM is described with errors of its own, and a SAML response as a form', () => {
  const users = paths['/api/organizations/{org}/{scimBase}/v2/Users']?.get
  const schemas = Object.entries(users?.responses['4XX']?.content ?? {}).map(([type, { schema }]) => [
    type,
    schema.required,
  ])
  assert.deepEqual(schemas, [
    ['application/json', undefined],
    ['application/scim+json', ['schemas', 'status', 'detail']],
  ])
  const acs = paths['/sso/{org}/acs']?.post
  assert.deepEqual(Object.keys(acs?.requestBody?.content ?? {}), ['application/x-www-form-urlencoded'])
})
