// npm run dev: the hub, begun again whenever its source changes, and the pages as they are edited.
import { type ChildProcess, spawn } from 'node:child_process'

const processes = [
  start('node', ['--watch-path=server', '--watch-path=api', '--watch-preserve-output', 'server/main.ts']),
  start('vite', ['web', '--clearScreen', 'false']),
]
let stopping = false

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal))
for (const child of processes) child.once('exit', () => stop('SIGTERM'))

function start(program: string, words: string[]): ChildProcess {
  return spawn(program, words, { stdio: 'inherit' })
}

// One of them alone is of no use, so they end together.
function stop(signal: 'SIGINT' | 'SIGTERM'): void {
  if (stopping) return
  stopping = true
  for (const child of processes) if (child.exitCode === null) child.kill(signal)
}
