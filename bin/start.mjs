#!/usr/bin/env node
import { refuseOldNode } from './node24.mjs'
import { buildPages, installLibraries } from './prepare.mjs'
import { run } from './run.mjs'

refuseOldNode()
await installLibraries()
await buildPages()
run('server/main.ts', process.argv.slice(2))
