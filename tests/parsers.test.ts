// Everything that reads what other people wrote on the main thread, with the worst that they could write: none keeps the hub
// from its other work for long. What is measured is this thread's processor time, which a busy machine does not change.

import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import * as api from '../api/index.ts'
import { parseFilter } from '../server/audit/filter.ts'
import { readCsv } from '../server/csv/rows.ts'
import { parsePointer } from '../server/git/objects/objects.ts'
import { isPlainPath, listTree } from '../server/git/objects/trees.ts'
import type { Exchange } from '../server/http/dialects/dialect.ts'
import { fieldErrors } from '../server/http/dialects/field-errors.ts'
import { jsonBody } from '../server/http/dialects/input.ts'
import { headOfCard } from '../server/repos/cards/card-head.ts'
import { readLines } from '../server/repos/commits/commit-stream.ts'
import { matchAtOnce } from '../server/repos/paths/path-match.ts'
import { dispositionOf, mediaTypeOf } from '../server/repos/registry/media.ts'
import { namesTag, rangeOf } from '../server/repos/registry/ranges.ts'
import { openSpool } from '../server/repos/registry/spool.ts'
import { openDiskReserve } from '../server/shares/disk.ts'
import { openScratch } from './git-repository.ts'

const scratch = openScratch()
after(() => scratch.close())

// The goal is judged by the long form, on a machine of its own. Here the bounds only end what would never end: a slow
// processor needs several times as long.
const slack = process.env.GUILDHALL_ATTACK_SECONDS ? 1 : 6
const mostMs = 50 * slack
/** Of a megabyte and more, with every field that is wrong told. */
const mostBodyMs = 150 * slack
const headerBytes = 16_384

function ofThread(): number {
  return process.threadCpuUsage().user / 1000
}

/** The time that it takes, once it is warm where that matters; what it throws is a refusal. */
function timeOf(work: () => unknown, most = mostMs): number {
  let took = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < 3 && took > most; tries++) {
    const began = ofThread()
    try {
      work()
    } catch {
      // Refused
    }
    took = Math.min(took, ofThread() - began)
  }
  return took
}

/** The longest time between two turns of the event loop while this is done. */
async function longestTurnOf(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = ofThread()
  let timer = setImmediate(function look() {
    longest = Math.max(longest, ofThread() - last)
    last = ofThread()
    timer = setImmediate(look)
  })
  await work().catch(() => undefined)
  clearImmediate(timer)
  return longest
}

const letters = '-_.:;,=*?[]{}()<>!&|"\'\\/#%@ \t\r\nab0\u00e9\u202e'
const piece = fc.oneof(
  fc.constantFrom(...letters),
  fc.constantFrom('---', '**/', '[!a-', 'bytes=', 'W/"', 'author:', 'filter=lfs', '\\"', 'oid sha256:', '{"a":', '%ff'),
)
/** A few pieces, each very often. */
const texts = (most: number) =>
  fc.array(fc.tuple(piece, fc.integer({ min: 1, max: most })), { minLength: 1, maxLength: 6 }).map((parts) =>
    parts
      .map(([text, times]) => text.repeat(times))
      .join('')
      .slice(0, most),
  )

const parsers: Record<string, { most: number; read: (text: string) => unknown }> = {
  'the head of a README': { most: 1024 * 1024, read: headOfCard },
  '.gitattributes': {
    most: headerBytes,
    read: (text) => matchAtOnce({ of: 'gitattributes', files: [{ folder: '', text }], paths: paths(text) }),
  },
  '.gitignore': { most: headerBytes, read: (text) => matchAtOnce({ of: 'gitignore', text, paths: paths(text) }) },
  'an LFS pointer': { most: 2048, read: (text) => parsePointer(Buffer.from(`version ${text}`)) },
  'a range': { most: headerBytes, read: (text) => rangeOf(`bytes=${text}`, 1e9) },
  'entity tags': { most: headerBytes, read: (text) => namesTag(text, '"a"') },
  'a search of the audit log': { most: headerBytes, read: parseFilter },
  'a path': { most: headerBytes, read: isPlainPath },
  'the name of a file': { most: headerBytes, read: (text) => [mediaTypeOf(text), dispositionOf('inline', text)] },
}

function paths(text: string): string[] {
  return Array.from({ length: 50 }, (_, index) => `${text.slice(0, 1000)}/${index}`)
}

describe('read on the main thread in no time', () => {
  for (const [name, { most, read }] of Object.entries(parsers)) {
    it(name, () => {
      fc.assert(
        fc.property(texts(most), (text) => {
          const took = timeOf(() => read(text))
          assert.ok(took < mostMs, `${took} ms for ${text.length} of ${JSON.stringify(text.slice(0, 80))}`)
        }),
        { numRuns: 60 },
      )
    })
  }

  it('a JSON body of any shape, for each operation', () => {
    for (const operation of operations()) {
      for (const text of bodies(operation, operation.maxBodyBytes ?? 1024 * 1024)) {
        const request = { body: Buffer.from(text), headers: { 'content-type': 'application/json' } }
        const took = timeOf(() => {
          const { error } = operation.body?.safeParse(jsonBody({ operation, request } as unknown as Exchange)) ?? {}
          if (error) fieldErrors(error)
        }, mostBodyMs)
        assert.ok(took < mostBodyMs, `${operation.method} ${operation.path}: ${took} ms for ${text.slice(0, 60)}`)
      }
    }
  })

  it('in turns: a CSV file, the lines of a commit, a folder of very many files', async () => {
    const shape = { field: 'csv', columns: ['username'], needs: ['username'], maxRows: 10_000 }
    const repo = scratch.create()
    const wide = wideFolder(repo)
    const works: Record<string, () => Promise<unknown>> = {
      csv: () => readCsv(`username\n${'"a""b"\n'.repeat(400_000)}`, shape),
      commas: () => readCsv(`username\n${','.repeat(2_000_000)}`, shape),
      lines: () =>
        Array.fromAsync(
          readLines(
            Readable.from(chunks('{"key":"file","value":{}}\n', 4e6)),
            openSpool('/nowhere', openDiskReserve(0)),
          ),
        ),
      folder: () => listTree(scratch.host, repo, { commit: wide, path: '', recursive: false, limit: 1000 }),
    }
    for (const [name, work] of Object.entries(works)) {
      // Once more where it is not warm yet
      const longest = Math.min(await longestTurnOf(work), await longestTurnOf(work))
      assert.ok(longest < mostMs, `${name}: ${longest} ms`)
    }
  })
})

/** A commit of a folder with nearly as many files as can be listed. */
function wideFolder(repo: string): string {
  const empty = scratch.git(repo, ['hash-object', '-w', '--stdin'])
  const line = (index: number) => `100644 blob ${empty}\t${`${index}`.padStart(9, '0')}\n`
  const tree = scratch.git(repo, ['mktree'], Array.from({ length: 430_000 }, (_, index) => line(index)).join(''))
  return scratch.git(repo, ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit-tree', '-m', 'wide', tree])
}

function* chunks(line: string, bytes: number): Generator<Buffer> {
  const chunk = Buffer.from(line.repeat(Math.ceil(65_536 / line.length)))
  for (let made = 0; made < bytes; made += chunk.length) yield chunk
}

type AnyBody = {
  safeParse(value: unknown): { error?: Parameters<typeof fieldErrors>[0] }
  shape?: Record<string, Schema>
}
interface AnyOperation {
  method: string
  path: string
  maxBodyBytes?: number
  body?: AnyBody
}

function operations(): AnyOperation[] {
  const topics = Object.values(api).filter((topic) => typeof topic === 'object' && topic !== null)
  const found = topics.flatMap((topic) => Object.values(topic) as unknown[])
  const isOperation = (one: unknown): one is AnyOperation =>
    typeof one === 'object' && one !== null && 'path' in one && 'body' in one && one.body !== undefined
  return [...new Set(found.filter(isOperation))]
}

function* bodies({ body }: AnyOperation, most: number): Generator<string> {
  const lists = Object.entries(body?.shape ?? {}).flatMap(([field, schema]) => (takesList(schema) ? [field] : []))
  for (const field of lists) yield `{"${field}":[${'{},'.repeat(Math.floor((most - 100) / 3))}{}]}`
  if (lists.length === 0) return
  yield `{${Array.from({ length: Math.floor(most / 14) }, (_, index) => `"k${index}":1`).join(',')}}`
  yield '['.repeat(most)
}

interface Schema {
  def: { type: string; innerType?: Schema; options?: Schema[] }
}

function takesList({ def }: Schema): boolean {
  if (def.innerType) return takesList(def.innerType)
  return def.type === 'array' || (def.options?.some(takesList) ?? false)
}
