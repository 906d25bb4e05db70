import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hunksOf } from './diff.ts'

const patch = `diff --git a/train.py b/train.py
index 1111111..2222222 100644
--- a/train.py
+++ b/train.py
@@ -1,3 +1,3 @@ def train():
 first
--- a line that begins with dashes
+second
 third
@@ -10 +10,2 @@
 tenth
+eleventh
\\ No newline at end of file
`

test('lines of a diff carry their numbers on both sides', () => {
  const [first, second] = hunksOf(patch)
  assert.equal(first?.head, '@@ -1,3 +1,3 @@ def train():')
  assert.deepEqual(first?.lines, [
    { kind: 'same', before: 1, after: 1, text: 'first' },
    { kind: 'removed', before: 2, after: undefined, text: '-- a line that begins with dashes' },
    { kind: 'added', before: undefined, after: 2, text: 'second' },
    { kind: 'same', before: 3, after: 3, text: 'third' },
  ])
  assert.deepEqual(second?.lines, [
    { kind: 'same', before: 10, after: 10, text: 'tenth' },
    { kind: 'added', before: undefined, after: 11, text: 'eleventh' },
    { kind: 'note', before: undefined, after: undefined, text: 'No newline at end of file' },
  ])
})

test('a patch that starts with its first hunk is read too, and nothing is no hunk', () => {
  assert.equal(hunksOf('@@ -0,0 +1 @@\n+new\n')[0]?.lines[0]?.after, 1)
  assert.deepEqual(hunksOf(''), [])
})
