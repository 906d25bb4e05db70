import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url))

const oldestStarter = 20
const oldestRunner = 24

/** Ends the process with one sentence when this Node is too old even to start from. */
export function refuseOldNode() {
  if (major() >= oldestStarter) return
  fail(`Node ${process.version} is too old; install Node ${oldestStarter} or newer (https://nodejs.org) and try again.`)
}

/** Ends the process with exit code 1 and one sentence. */
export function fail(sentence) {
  process.stderr.write(`guildhall: ${sentence}\n`)
  process.exit(1)
}

/** Path of a Node that can run the server: the one that npm installed, else this one; undefined when neither can. */
export function findNode24() {
  const installed = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(installed)) return installed
  return major() >= oldestRunner ? process.execPath : undefined
}

/** The same, or the end of the process with what to do. */
export function requireNode24() {
  const node = findNode24()
  if (node !== undefined) return node
  return fail(
    `Node ${oldestRunner} for ${process.platform}-${process.arch} is missing: npm left out the optional package ` +
      `node-${process.platform}-${process.arch}. Run “npm ci --include=optional”, or use Node ${oldestRunner} or newer.`,
  )
}

function major() {
  return Number(process.versions.node.split('.')[0])
}
