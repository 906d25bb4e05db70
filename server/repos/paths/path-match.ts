import { ignoredBy } from './ignored.ts'
import { type AttributesFile, lfsPathsOf } from './lfs-paths.ts'
import { TooMuchEffort } from './patterns.ts'

/** Which of these paths do the `.gitattributes` of a commit give to LFS, or does the text of a `.gitignore` leave out? */
export type PathQuestion = { paths: readonly string[] } & (
  | { of: 'gitattributes'; files: readonly AttributesFile[] }
  | { of: 'gitignore'; text: string }
)

// What takes a few milliseconds at most, with all that is done before the first comparison.
const small = { textLength: 16_384, pathsLength: 65_536, comparisons: 200_000 }

/** Answers the paths that are meant where that is quick, undefined otherwise: {@link matchPaths} is for a thread. */
export function matchAtOnce(question: PathQuestion): string[] | undefined {
  let length = question.paths.length
  for (const path of question.paths) length += path.length
  if (textLengthOf(question) > small.textLength || length > small.pathsLength) return undefined
  return matchPaths(question, small.comparisons)
}

function textLengthOf(question: PathQuestion): number {
  if (question.of === 'gitignore') return question.text.length
  return question.files.reduce((length, { folder, text }) => length + folder.length + text.length, 0)
}

/** Answers the paths that are meant; undefined when it takes more comparisons than that. */
export function matchPaths(question: PathQuestion, mostComparisons: number): string[] | undefined {
  const effort = { left: mostComparisons }
  const { of, paths } = question
  try {
    return paths.filter(of === 'gitattributes' ? lfsPathsOf(question.files, effort) : ignoredBy(question.text, effort))
  } catch (error) {
    if (error instanceof TooMuchEffort) return undefined
    throw error
  }
}
