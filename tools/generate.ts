// npm run generate: writes what follows from other files. With --check: says what is stale, of that which needs no
// database; tests/generated.test.ts looks at the rest.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { isStale, root } from './files.ts'
import { referenceFiles } from './reference.ts'

const { values: flags } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
if (flags.check) check()
else await write()

function check(): void {
  const stale = referenceFiles().filter(isStale)
  for (const { file } of stale) console.error(`${file} is stale; run: npm run generate`)
  process.exitCode = stale.length === 0 ? 0 : 1
}

async function write(): Promise<void> {
  const { databaseFiles } = await import('./database-files.ts')
  const stale = [...referenceFiles(), ...(await databaseFiles())].filter(isStale)
  for (const { file, content } of stale) {
    mkdirSync(dirname(root + file), { recursive: true })
    writeFileSync(root + file, content)
    console.log(`wrote ${file}`)
  }
}
