import { CommanderError } from 'commander'
import { exitCodes, UsageError } from './failure.ts'
import { writeFailure } from './output.ts'
import { makeProgram } from './program.ts'

const json = process.argv.includes('--json')

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of our output has seen enough, as `head` does
  if (error.code === 'EPIPE') process.exit()
  throw error
})

try {
  await makeProgram(json).parseAsync()
} catch (error) {
  process.exitCode = endOf(error)
}

// Help and version also end by a CommanderError, with exit code 0.
function endOf(error: unknown): number {
  if (!(error instanceof CommanderError)) throw error
  if (error.exitCode === 0) return exitCodes.done
  if (json) writeFailure(new UsageError(error.message.replace(/^error: /, '')), true)
  return exitCodes.usage
}
