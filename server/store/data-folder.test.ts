import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDataFolder } from './data-folder.ts'
import { StartRefused } from './processes.ts'

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function makeFolder(mode: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-data-'))
  folders.push(folder)
  chmodSync(folder, mode)
  return folder
}

const modeOf = (folder: string) => statSync(folder).mode & 0o777
const self = process.getuid?.() ?? 0
const notRoot = self === 0 ? false : 'only root can give folders away'

test('what is ours is closed to changes by others', () => {
  for (const [mode, closed] of [
    [0o777, 0o755],
    [0o770, 0o750],
    [0o700, 0o700],
  ] as const) {
    const folder = makeFolder(mode)
    openDataFolder(folder)
    assert.equal(modeOf(folder), closed)
  }
})

test('a folder of another user is refused, whatever its mode', { skip: notRoot }, () => {
  const folder = makeFolder(0o700)
  chownSync(folder, 1, 1)
  for (const own of [0, 2])
    assert.throws(
      () => openDataFolder(folder, own),
      (error: Error) =>
        error instanceof StartRefused && /belongs to user 1, .* runs as user \d\. Run /.test(error.message),
    )
})

test('a volume of root may be open to our group, and not to everyone', { skip: notRoot }, () => {
  const shared = makeFolder(0o770)
  openDataFolder(shared, 1)
  assert.equal(modeOf(shared), 0o770)
  assert.throws(() => openDataFolder(makeFolder(0o777), 1), /Every user of this machine can change the data folder/)
})
