import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseMaker } from './embedded-cluster.ts'

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
