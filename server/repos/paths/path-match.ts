import { ignoredBy } from './ignored.ts'
import { lfsPathsOf } from './lfs-paths.ts'
import { TooMuchEffort } from './patterns.ts'

/** Which of these paths does the text of a `.gitattributes` give to LFS, or that of a `.gitignore` leave out? */
export interface PathQuestion {
  of: 'gitattributes' | 'gitignore'
  text: string
  paths: readonly string[]
}

// What takes a few milliseconds at most, with all that is done before the first comparison.
const small = { textLength: 16_384, pathsLength: 65_536, comparisons: 200_000 }

/** Answers the paths that are meant where that is quick, undefined otherwise: {@link matchPaths} is for a thread. */
export function matchAtOnce(question: PathQuestion): string[] | undefined {
  let length = question.paths.length
  for (const path of question.paths) length += path.length
  if (question.text.length > small.textLength || length > small.pathsLength) return undefined
  return matchPaths(question, small.comparisons)
}

/** Answers the paths that are meant; undefined when it takes more comparisons than that. */
export function matchPaths({ of, text, paths }: PathQuestion, mostComparisons: number): string[] | undefined {
  const effort = { left: mostComparisons }
  try {
    return paths.filter(of === 'gitattributes' ? lfsPathsOf(text, effort) : ignoredBy(text, effort))
  } catch (error) {
    if (error instanceof TooMuchEffort) return undefined
    throw error
  }
}
