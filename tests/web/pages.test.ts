// Runs every test that draws pieces and pages without a browser, in one process: reading the libraries takes longer than
// the tests. `npm test -- part` narrows it to the files whose path contains the part.
import { globSync } from 'node:fs'
import { root } from '../../tools/files.ts'
import './loader.ts'
import './dom.ts'

const parts = (process.env.GUILDHALL_TEST_PARTS ?? '').split(' ').filter(Boolean)
const files = globSync('web/**/*.test.tsx', { cwd: root }).sort()
const own = 'tests/web/pages.test.ts'
const wanted = parts.some((part) => own.includes(part))
  ? files
  : files.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
for (const file of wanted) await import(root + file)
