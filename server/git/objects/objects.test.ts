import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { until } from '../../../tests/until.ts'
import { ObjectTooLarge, objectInfo, openBlob, parsePointer, readObject, readObjects } from './objects.ts'

const scratch = openScratch()
const { host } = scratch
after(() => scratch.close())

const large = randomBytes(3_000_000)
const repo = scratch.create()
const commit = scratch.commit(repo, {
  small: 'hello world',
  empty: '',
  large: { content: large },
  huge: { content: Buffer.alloc(20 * 1024 * 1024, 'x') },
})

async function oidOf(path: string): Promise<string> {
  const info = await objectInfo(host, repo, `${commit}:${path}`)
  assert.ok(info)
  return info.oid
}

function processes(): number {
  const list = execFileSync('ps', ['-eo', 'ppid,args'], { encoding: 'utf8' }).split('\n')
  return list.filter((line) => line.trim().startsWith(`${process.pid} `) && line.includes('cat-file blob')).length
}

describe('objects', () => {
  it('are read whole up to a limit', async () => {
    assert.equal((await readObject(host, repo, `${commit}:small`))?.content.toString(), 'hello world')
    assert.equal((await readObject(host, repo, `${commit}:empty`))?.content.length, 0)
    assert.equal(await readObject(host, repo, `${commit}:none`), undefined)
    await assert.rejects(readObject(host, repo, `${commit}:huge`), ObjectTooLarge)
    const some = await readObjects(host, repo, [`${commit}:small`, `${commit}:none`, `${commit}:large`])
    assert.deepEqual(
      some.map((object) => object?.size),
      [11, undefined, large.length],
    )
  })

  it('are streamed, whole or in part', async () => {
    const oid = await oidOf('large')
    assert.ok((await buffer(openBlob(host, repo, oid))).equals(large))
    for (const [start, end] of [
      [0, 0],
      [1, 70_000],
      [2_999_999, 2_999_999],
      [65_536, 131_071],
      [100, 2_999_999],
    ] as const) {
      const part = await buffer(openBlob(host, repo, oid, { start, end }))
      assert.ok(part.equals(large.subarray(start, end + 1)), `${start}-${end}`)
    }
    assert.equal((await buffer(openBlob(host, repo, await oidOf('small'), { start: 6, end: 8 }))).toString(), 'wor')
    assert.equal((await buffer(openBlob(host, repo, await oidOf('empty')))).length, 0)
  })

  it('leave no process behind when no one wants the rest', async () => {
    const oid = await oidOf('huge')
    for (let round = 0; round < 40; round++) {
      const stream = openBlob(host, repo, oid)
      for await (const chunk of stream) {
        assert.ok((chunk as Buffer).length > 0)
        break
      }
    }
    await until(() => processes() === 0)
  })

  it('that are no blob, or no id, are not streamed', async () => {
    await assert.rejects(buffer(openBlob(host, repo, commit)), /no blob/)
    await assert.rejects(buffer(openBlob(host, repo, '0'.repeat(40))), /no blob/)
    assert.throws(() => openBlob(host, repo, '--help'), /by its id/)
  })
})

describe('pointers', () => {
  const oid = 'a'.repeat(64)
  const good = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`
  const cases: [string, boolean][] = [
    [good, true],
    [good.replace('12345', '0'), true],
    [good.replace('oid', `ext-0-foo sha256:${oid}\noid`), true],
    [good.replace(/\n$/, ''), false],
    [`${good}\n`, false],
    [` ${good}`, false],
    [good.replace('v1', 'v2'), false],
    [good.replace('12345', '-1'), false],
    [good.replace('12345', '1e3'), false],
    [good.replace('12345', '012'), false],
    [good.replace('12345', '99999999999999999999'), false],
    [good.replace('aaaa', 'AAAA'), false],
    [good.replace('aaaa', ''), false],
    [good.replace('sha256', 'sha1'), false],
    [good.replace('size 12345\n', ''), false],
    [`${good}size 12345\n`, false],
    [`${good}size 1\n`, false],
    [good.replaceAll('\n', '\r\n'), false],
    [`${good}zzz 1\n`, false],
    [good.replace('oid', `ext-0-${'x'.repeat(1000)} y\noid`), false],
    ['', false],
    ['version ', false],
  ]
  for (const [text, valid] of cases) {
    it(`${valid ? 'take' : 'refuse'} ${JSON.stringify(text.replaceAll('a', '').slice(0, 90))}`, () => {
      const pointer = parsePointer(Buffer.from(text))
      assert.equal(pointer !== undefined, valid)
      if (pointer) assert.equal(pointer.oid, oid)
    })
  }
})
