#!/usr/bin/env node
import { refuseOldNode } from './node24.mjs'
import { buildPages, installLibraries } from './prepare.mjs'
import { run } from './run.mjs'

refuseOldNode()
await installLibraries()
const words = process.argv.slice(2)
// Who asks for help needs no pages.
if (!words.some((word) => ['--help', '-h', '--version'].includes(word))) await buildPages()
run('server/main.ts', words)
