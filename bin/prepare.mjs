import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail, requireNode24, root } from './node24.mjs'

const oldestGit = [2, 39]
const keptOutputLines = 25

const lockFile = join(root, 'package-lock.json')
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.guildhall-stamp')
const npmsOwnRecord = join(modules, '.package-lock.json')
const page = join(root, 'web', 'dist', 'index.html')

/** Installs the libraries with `npm ci` unless they are there and belong to this package-lock.json. */
export async function installLibraries() {
  const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  if (isInstalled(wanted)) return
  warnOfGit()
  const npm = npmCommand()
  await show('Installing libraries with npm', npm.file, [
    ...npm.before,
    'ci',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  writeStamp(wanted)
}

/** Installs the libraries where there are none at all; older ones stay, since a running hub may be using them. */
export async function installLibrariesOnce() {
  if (!existsSync(npmsOwnRecord)) await installLibraries()
}

/** Builds the web pages unless they are newer than everything they are made from. */
export async function buildPages() {
  const built = modifiedAt(page)
  if (built !== undefined && newestSource() <= built) return
  const vite = join(modules, 'vite', 'bin', 'vite.js')
  await show('Building the web pages', requireNode24(), [vite, 'build', join(root, 'web'), '--logLevel', 'warn'])
}

// npm writes its own record at the end of a complete install, so a broken one has none. The stamp knows the lock file
// by content, since git gives it a new date with every switch of branches.
function isInstalled(wanted) {
  const recorded = modifiedAt(npmsOwnRecord)
  if (recorded === undefined) return false
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return true
  if (recorded < (modifiedAt(lockFile) ?? 0)) return false
  writeStamp(wanted)
  return true
}

function writeStamp(content) {
  try {
    writeFileSync(stampFile, content)
  } catch {
    // Another user installed; their libraries are good without our mark
  }
}

function newestSource() {
  const files = ['api', 'docs', 'web'].flatMap((folder) => datesBelow(join(root, folder)))
  return Math.max(modifiedAt(lockFile) ?? 0, ...files)
}

function datesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) return [modifiedAt(path) ?? 0]
    return entry.name === 'dist' || entry.name === 'node_modules' ? [] : datesBelow(path)
  })
}

function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}

// Under `npm start` npm says where it is; a plain `npm` may be another one, or none.
function npmCommand() {
  const script = process.env.npm_execpath
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) return { file: process.execPath, before: [script] }
  return { file: 'npm', before: [] }
}

function warnOfGit() {
  const { stdout } = spawnSync('git', ['--version'], { encoding: 'utf8' })
  const found = /(\d+)\.(\d+)/.exec(stdout ?? '')
  const enough = found !== null && (Number(found[1]) - oldestGit[0] || Number(found[2]) - oldestGit[1]) >= 0
  if (enough) return
  const have = found === null ? 'git was not found' : `git ${found[0]} is too old`
  process.stderr.write(`guildhall: ${have}; repositories need git ${oldestGit.join('.')} or newer.\n`)
}

/** Runs a command quietly under one line that counts the seconds; what it said is shown only when it fails. */
async function show(title, file, commandArguments) {
  const begun = Date.now()
  const seconds = () => Math.round((Date.now() - begun) / 1000)
  const line = (text) => process.stderr.write(process.stderr.isTTY ? `\r  ${text}  ` : `  ${text}\n`)
  line(`${title} …`)
  const counter = process.stderr.isTTY ? setInterval(() => line(`${title} … ${seconds()} s`), 1000) : undefined
  const { code, output } = await collect(file, commandArguments)
  clearInterval(counter)
  if (code === 0) return line(`${title}: done in ${seconds()} s`) && process.stderr.isTTY && process.stderr.write('\n')
  // Reasons come first; npm goes on with its whole manual
  process.stderr.write(`\n${output.trimEnd().split('\n').slice(0, keptOutputLines).join('\n')}\n\n`)
  return fail(`${title} failed${hintFor(output)}.`)
}

function collect(file, commandArguments) {
  return new Promise((resolve) => {
    const child = spawn(file, commandArguments, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (part) => {
      output += part
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => resolve({ code: 1, output: `${output}${error.message}` }))
    child.once('close', (code) => resolve({ code, output }))
  })
}

function hintFor(output) {
  if (/EACCES|EPERM/.test(output))
    return `: some files in ${root} belong to another user; start as that user, or change their owner`
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET/.test(output))
    return ': the package registry could not be reached'
  if (/ENOSPC/.test(output)) return ': the disk is full'
  if (/spawn npm ENOENT/.test(output)) return ': npm was not found; install it beside Node'
  return ''
}
