import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until something is so; a busy machine may take long, so the limit is far from what it takes. */
export async function until(condition: () => boolean | Promise<boolean>, milliseconds = 60_000): Promise<void> {
  const deadline = performance.now() + milliseconds
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('It did not happen in time.')
    await sleep(20)
  }
}
