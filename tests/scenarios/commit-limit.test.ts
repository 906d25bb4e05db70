// GUILDHALL_MAX_COMMIT: what one commit through the API may bring, whether the client says so before or not.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTarget } from '../attacks/place.ts'

const { hub, wes, name, dataDir, git } = await makeTarget({ storage: { maxCommitBytes: 3_000_000 } })

function bodyOf(bytes: number): string {
  const file = { path: 'large.bin', content: randomBytes(bytes).toString('base64'), encoding: 'base64' }
  const lines = [
    { key: 'header', value: { summary: 'a file' } },
    { key: 'file', value: file },
  ]
  return lines.map((line) => JSON.stringify(line)).join('\n')
}

async function commit(body: string | ReadableStream): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${hub.url}/api/models/${name}/commit/main`, {
    method: 'POST',
    headers: { authorization: `Bearer ${wes.token}`, 'content-type': 'application/x-ndjson' },
    body,
    duplex: 'half',
  })
  return { status: answer.status, text: await answer.text() }
}

test('a commit beyond the limit is refused in words, saves nothing and leaves nothing', async () => {
  const before = git('for-each-ref')
  const large = bodyOf(3_000_000)
  for (const body of [large, ReadableStream.from([Buffer.from(large)])]) {
    const { status, text } = await commit(body)
    assert.equal(status, 413, text)
    assert.match(text, /larger than the limit of 3,000,000 bytes.*Nothing was saved\. Split it/)
  }
  assert.equal(git('for-each-ref'), before)
  assert.deepEqual(readdirSync(join(dataDir, 'incoming')), [])
  assert.equal((await commit(bodyOf(2_000_000))).status, 200)
})
