// Runs one of the project's commands on Node 24, after installing what a fresh clone lacks. Works on any Node that can
// start the hub, so `npm run check`, `npm test` and `npm run dev` need nothing before them.
import { delimiter, join } from 'node:path'
import { refuseOldNode, root } from '../bin/node24.mjs'
import { buildPages, installLibraries } from '../bin/prepare.mjs'
import { runNode } from '../bin/run.mjs'

const commands = {
  bench: ['bench/run.ts'],
  check: ['tools/check.ts'],
  dev: ['tools/dev.ts'],
  generate: ['tools/generate.ts'],
  snapshots: ['tools/test.ts', 'access-matrix', 'tests/statements'],
  soak: ['tests/soak.ts'],
  test: ['tools/test.ts'],
  'test:idp': ['tests/idp/run.ts'],
}
/** What looks at the built pages. */
const needPages = ['bench', 'snapshots', 'soak', 'test', 'test:idp']

const [name, ...words] = process.argv.slice(2)
const command = commands[name]
if (command === undefined) {
  process.stderr.write(`Usage: node tools/run.mjs <${Object.keys(commands).join(' | ')}>\n`)
  process.exit(2)
}
refuseOldNode()
await installLibraries()
if (needPages.includes(name)) await buildPages()
// Tools of the package are found by name, however we were started.
process.env.PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter)
// The tests of who may do what, and of the SQL, write down what the server answers instead of comparing it. A word
// narrows the first to the operations whose path contains it; the second has no part to narrow to.
if (name === 'snapshots') process.env.GUILDHALL_WRITE_SNAPSHOTS = '1'
if (name === 'snapshots' && words.length > 0) {
  process.env.GUILDHALL_SNAPSHOTS_OF = words.join(' ')
  runNode([join(root, 'tools/test.ts'), 'access-matrix'])
} else {
  const [program, ...fixed] = command
  runNode([join(root, program), ...fixed, ...words])
}
