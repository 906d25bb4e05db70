import { HubError } from '../../kernel/errors.ts'
import type { XorbContent } from '../../lfs/xet/xorb.ts'
import { openThreads } from '../paths/threads.ts'

/** What a thread does with a file of the stage: checks all of it, or decodes the chunks in a piece of it. */
export type XorbQuestion = { of: 'check'; file: string } | { of: 'decode'; file: string; start: number; length: number }
export type XorbAnswer = XorbContent | { content: Uint8Array } | { refused: string }

// The most that a xorb stands for is 1 GiB, which takes seconds. Who waits here holds up no one else.
const threads = openThreads<XorbQuestion, XorbAnswer>(new URL('./xet-worker.ts', import.meta.url), {
  places: 2,
  share: { held: 1, waiting: 100 },
  longestMs: 60_000,
  longestWaitMs: 600_000,
})

/** Checks a xorb that has arrived; throws `400` when it is none. */
export async function checkedXorb(file: string): Promise<XorbContent> {
  const answer = await threads.ask({ of: 'check', file })
  if (answer && 'hash' in answer) return { hash: answer.hash, chunks: Buffer.from(answer.chunks) }
  const problem = answer && 'refused' in answer ? answer.refused : 'This xorb takes too long to check.'
  throw new HubError('BadRequest', problem)
}

/** The content of the chunks in a piece of a xorb; undefined when it is damaged. */
export async function decodedPiece(
  file: string,
  piece: { start: number; length: number },
): Promise<Buffer | undefined> {
  const answer = await threads.ask({ of: 'decode', file, ...piece })
  if (!answer || !('content' in answer)) return undefined
  // Small ones are a part of what they were allocated in
  const { buffer, byteOffset, byteLength } = answer.content
  return Buffer.from(buffer, byteOffset, byteLength)
}
