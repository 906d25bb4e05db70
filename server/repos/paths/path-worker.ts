import { matchPaths, type PathQuestion } from './path-match.ts'
import { answerQuestions } from './threads.ts'

// A second or two: twenty-five thousand files beside hundreds of usual patterns.
const mostComparisons = 100_000_000

answerQuestions((question: PathQuestion) => matchPaths(question, mostComparisons))
