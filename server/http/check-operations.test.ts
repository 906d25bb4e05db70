import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { checkOperations } from './check-operations.ts'
import type { AnyOperation } from './dialects/dialect.ts'

const sound: AnyOperation = {
  method: 'get',
  path: '/api/organizations/:org/members',
  action: 'member.list',
  tag: 'Members',
  summary: 'List the members.',
  params: z.object({ org: z.string() }),
  reply: z.object({}),
}

test('an operation that could not work keeps the hub from starting', () => {
  const cases: [Partial<AnyOperation>, RegExp | undefined][] = [
    [{}, undefined],
    [
      { action: 'member.count' as AnyOperation['action'] },
      /add the action member\.count to server\/access\/policy\.ts/,
    ],
    [{ path: '/api/organizations/:name/members' }, /member\.list is on 'org', so the path needs :org/],
    [{ path: '/api/organizations/:organization/members' }, /the path needs :org/],
    [{ path: '/api/members', locate: () => ({}) }, undefined],
    [{ query: z.object({ org: z.string() }) }, /the field org stands in two parts/],
  ]
  for (const [change, refusal] of cases) {
    const check = () => checkOperations([{ ...sound, ...change }])
    if (refusal === undefined) check()
    else assert.throws(check, { message: refusal })
  }
})
