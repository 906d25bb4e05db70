import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { requireNode24, root } from './node24.mjs'

/** Runs the hub or its command line with Node 24 and ends as it ends; its signals are ours. */
export function run(program, programArguments) {
  // Memory that stays small: a young generation that cannot grow, and a collection of the old one after 30 % more of it.
  // Half of the memory under load, at no cost that shows
  runNode(['--max-semi-space-size=8', '--heap-growing-percent=30', join(root, program), ...programArguments])
}

/** Runs Node 24 with this command line and ends as it ends. */
export function runNode(command) {
  const node = requireNode24()
  // Where this very Node is the right one, the program takes its place instead of running beside it
  if (node === process.execPath && process.execve) return process.execve(node, [node, ...command], environment())
  return runBeside(node, command)
}

function runBeside(node, command) {
  const child = spawn(node, command, {
    stdio: 'inherit',
    env: environment(),
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) forwardOnce(signal, child)
  child.once('error', (error) => {
    process.stderr.write(`guildhall: Node 24 could not be started: ${error.message}\n`)
    process.exit(1)
  })
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

// A terminal sends Ctrl-C to both of us; the program takes a second signal as the first. A terminal that goes away asks
// for a clean stop too.
function forwardOnce(signal, child) {
  let sent = false
  process.on(signal, () => {
    if (!sent) child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    sent = true
  })
}

// Compiled code is kept from one start to the next; where the folder cannot be written, Node does without. The C library
// would keep freed memory apart for each of a dozen threads.
function environment() {
  const compiled = join(root, 'node_modules', '.cache', 'compiled')
  return { NODE_COMPILE_CACHE: compiled, MALLOC_ARENA_MAX: '2', ...process.env }
}
