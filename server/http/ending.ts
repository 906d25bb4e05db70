import { log } from '../kernel/log.ts'

const closeWithinMs = 10_000
const stopWithinMs = 25_000

/** A step of stopping. One that does not end in its time, or fails, does not keep the others from ending. */
export function inTime(end: () => unknown): () => Promise<void> {
  return async () => {
    const late = new Promise((resolve) => setTimeout(resolve, closeWithinMs).unref())
    const ended = Promise.resolve()
      .then(end)
      .catch((error) => log.warn({ err: error }, 'while stopping'))
    await Promise.race([ended, late])
  }
}

/** Stops when first asked to and exits: with 0 once it has stopped, with 1 where the whole takes too long. */
export function endOnce(stop: () => Promise<void>, exit: (code: number) => void): (signal: string) => void {
  let asked = false
  return (signal) => {
    if (asked) return
    asked = true
    log.info({ signal }, 'stopping')
    setTimeout(() => exit(1), stopWithinMs).unref()
    void stop().then(() => exit(0))
  }
}
