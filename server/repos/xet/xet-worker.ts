import { closeSync, openSync, readSync } from 'node:fs'
import { HubError } from '../../kernel/errors.ts'
import { checkXorb, decodeChunks } from '../../lfs/xet/xorb.ts'
import { answerQuestions } from '../paths/threads.ts'
import type { XorbAnswer, XorbQuestion } from './xet-threads.ts'

const readBytes = 1024 * 1024

answerQuestions((question: XorbQuestion): XorbAnswer => {
  const file = openSync(question.file, 'r')
  try {
    if (question.of === 'check') return checkXorb(readerOf(file))
    const piece = Buffer.allocUnsafe(question.length)
    readSync(file, piece, 0, piece.length, question.start)
    return { content: Buffer.concat(decodeChunks(piece)) }
  } catch (error) {
    if (error instanceof HubError) return { refused: error.message }
    throw error
  } finally {
    closeSync(file)
  }
})

// Pieces of a file in a row, read a megabyte at a time. What is answered is looked at before the next piece is asked for.
function readerOf(file: number): (bytes: number) => Buffer {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes) => {
    if (rest.length < bytes) {
      const more = Buffer.allocUnsafe(readBytes)
      rest = Buffer.concat([rest, more.subarray(0, readSync(file, more))])
    }
    const piece = rest.subarray(0, bytes)
    rest = rest.subarray(bytes)
    return piece
  }
}
