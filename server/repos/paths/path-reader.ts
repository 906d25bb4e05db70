import { HubError } from '../../kernel/errors.ts'
import { matchAtOnce, type PathQuestion } from './path-match.ts'
import { openThreads } from './threads.ts'

const threads = openThreads<PathQuestion, string[]>(new URL('./path-worker.ts', import.meta.url), {
  places: 2,
  share: { held: 1, waiting: 50 },
  longestMs: 5000,
})

/**
 * Which of the paths a `.gitattributes` or `.gitignore` means. Throws `422` when the patterns take too long.
 */
export async function pathsMeant(question: PathQuestion): Promise<ReadonlySet<string>> {
  const found = matchAtOnce(question) ?? (await threads.ask(question))
  if (found) return new Set(found)
  throw new HubError(
    'Unprocessable',
    'The patterns in .gitattributes or .gitignore take too long to apply. Use fewer patterns.',
  )
}
