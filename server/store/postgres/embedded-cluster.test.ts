import assert from 'node:assert/strict'
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { chooseMaker, configuration, openCluster } from './embedded-cluster.ts'

const passwd = `root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
games:x:5:60:games:/usr/games:/usr/sbin/nologin
`

test('the files of PostgreSQL are made as a user that no program runs as, and never as one that services share', () => {
  const chosen = new Set(Array.from({ length: 200 }, () => chooseMaker(passwd, new Set())?.uid))
  assert.deepEqual([...chosen].sort(), [1, 5])
  assert.deepEqual(chooseMaker(passwd, new Set([0, 1, 65534])), { uid: 5, gid: 60 })
  assert.equal(chooseMaker(passwd, new Set([1, 5])), undefined)
})

const notRoot = process.getuid?.() === 0 ? false : 'only root has the files of PostgreSQL made by another account'

/** Opens every file of settings for writing while initdb makes them, as a program of its account could. */
async function openWhileMade(home: string, isMade: () => boolean): Promise<number[]> {
  const open = new Map<string, number>()
  while (!isMade()) {
    const made = namesIn(home).filter((name) => name.endsWith('-made'))
    for (const path of made.flatMap((folder) => Object.keys(configuration).map((name) => join(home, folder, name)))) {
      const file = open.get(path) ?? openOrNothing(path)
      if (file !== undefined) open.set(path, file)
    }
    await setImmediate()
  }
  return [...open.values()]
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function openOrNothing(path: string): number | undefined {
  try {
    return openSync(path, 'r+')
  } catch {
    return undefined
  }
}

test('no settings come from files that someone could have had open while they were made', {
  skip: notRoot,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'guildhall-cluster-'))
  chmodSync(dataDir, 0o711)
  try {
    let isMade = false
    const opening = openWhileMade(join(dataDir, 'postgres'), () => isMade)
    const { folder, account } = await openCluster(dataDir).finally(() => {
      isMade = true
    })
    const open = await opening
    assert.ok(open.length >= Object.keys(configuration).length, 'the files were open while they were made')
    for (const file of open) writeSync(file, "archive_command = 'meddled'\n")
    for (const [name, text] of Object.entries(configuration)) {
      assert.equal(readFileSync(join(folder, name), 'utf8'), text, name)
      const { uid, mode, nlink } = statSync(join(folder, name))
      assert.deepEqual([uid, mode & 0o777, nlink], [account?.uid, 0o600, 1], name)
    }
    for (const file of open) closeSync(file)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})
