import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { problemOf } from './problems.ts'

const rows: [schema: z.ZodType, value: unknown, problem: string][] = [
  [z.string(), undefined, 'is required'],
  [z.string(), 7, 'must be a string'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.array(z.string()), {}, 'must be a list'],
  [z.enum(['read', 'write']), 'admin', 'must be one of read, write'],
  [z.enum(['read', 'write']), undefined, 'is required'],
  [z.literal(true), false, 'must be true'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().min(10), 'short', 'must be at least 10 characters'],
  [z.string().max(1), 'long', 'must be at most 1 character'],
  [z.array(z.int()).max(2), [1, 2, 3], 'must have at most 2 items'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().max(9), 10, 'must be at most 9'],
  [z.number().gt(0), 0, 'must be more than 0'],
  [z.iso.datetime(), 'tomorrow', 'must be a time such as 2030-01-31T12:00:00Z'],
  [z.url(), 'nowhere', 'must be a URL'],
  [z.union([z.string(), z.null()]), 7, 'has the wrong format'],
  [z.string().regex(/^a/, 'must start with a'), 'b', 'must start with a'],
]

test('a value that does not fit is told in plain words, after the name of its field', () => {
  for (const [schema, value, problem] of rows) {
    const { error } = schema.safeParse(value, { error: problemOf })
    assert.deepEqual([error?.issues[0]?.message], [problem])
  }
})
