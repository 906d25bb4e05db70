#!/usr/bin/env node
import { refuseOldNode } from './node24.mjs'
import { buildPages, installLibraries, installLibrariesOnce } from './prepare.mjs'
import { run } from './run.mjs'

const programArguments = process.argv.slice(2)

refuseOldNode()
if (startsHub(programArguments)) {
  await installLibraries()
  await buildPages()
} else {
  await installLibrariesOnce()
}
run('cli/main.ts', programArguments)

function startsHub([command, ...rest]) {
  return command === 'serve' && !rest.some((argument) => argument === '--help' || argument === '-h')
}
