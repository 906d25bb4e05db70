import { answerQuestions } from '../paths/threads.ts'
import { parseHead } from './card-head.ts'

answerQuestions(parseHead)
