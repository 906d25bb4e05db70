// Before the tests: libraries and pages, as `npm start` gets them. Runs on any Node that can start the hub.
import { refuseOldNode } from '../bin/node24.mjs'
import { buildPages, installLibraries } from '../bin/prepare.mjs'

refuseOldNode()
await installLibraries()
await buildPages()
