import { HubError } from '../kernel/errors.ts'

/** How slowly a body may arrive: not at all for a while, and then so many bytes for each second that it has taken. */
export interface Pace {
  graceMs: number
  bytesPerSecond: number
}

/**
 * Passes a body on; throws `408` as soon as it is slower than the pace: its sender holds a place meanwhile that others wait
 * for. The time until the next piece is asked for is the receiver's own, and doesn't count.
 */
export async function* paced(
  body: AsyncIterable<Uint8Array>,
  { graceMs, bytesPerSecond }: Pace,
): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]()
  let leftMs = graceMs
  try {
    for (;;) {
      const asked = performance.now()
      const next = await within(leftMs, pieces.next())
      if (next.done) return
      // What came quickly is no credit for an hour of nothing.
      leftMs = Math.min(graceMs, leftMs + (next.value.byteLength / bytesPerSecond) * 1000 - (performance.now() - asked))
      yield next.value
    }
  } finally {
    // What still waits for a piece would wait as long as it takes
    void pieces.return?.().catch(() => undefined)
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(tooSlow()), Math.max(0, milliseconds))
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}

function tooSlow(): HubError {
  return new HubError('BadRequest', 'The upload is too slow.', { status: 408, headers: { Connection: 'close' } })
}
