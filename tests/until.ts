import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits until something is so. A busy machine may take long, so the limit is far from what it takes; who waits for what
 * must not happen waits for something that comes after it.
 */
export async function until(condition: () => boolean | Promise<boolean>, milliseconds = 60_000): Promise<void> {
  const deadline = performance.now() + milliseconds
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it did not happen in time: ${condition}`)
    await sleep(20)
  }
}
