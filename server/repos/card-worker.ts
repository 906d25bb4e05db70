import { parseHead } from './card-head.ts'
import { answerQuestions } from './threads.ts'

answerQuestions(parseHead)
