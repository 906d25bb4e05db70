import { AsyncLocalStorage } from 'node:async_hooks'

interface Held {
  isHeld: boolean
}

const scope = new AsyncLocalStorage<Held>()
let report: ((what: string) => void) | undefined

/** Turns the check on: each slow call made while a connection is held is reported, and throws. It is off otherwise. */
export function checkHeld(onSlowCall: (what: string) => void): void {
  report = onSlowCall
}

/** Runs work that holds a database connection; what it started and left running no longer counts when it ends. */
export async function whileHeld<T>(work: () => Promise<T>): Promise<T> {
  if (report === undefined) return work()
  const held = { isHeld: true }
  try {
    return await scope.run(held, work)
  } finally {
    held.isHeld = false
  }
}

/** Marks a call that can be slow: storage, DNS, a git process, a wait. Throws while a connection is held, if checked. */
export function notWhileHeld(what: string): void {
  if (report === undefined || !scope.getStore()?.isHeld) return
  const problem = new Error(`${what} while a database connection is held`)
  report(problem.stack ?? problem.message)
  throw problem
}

/** The same object; if checked, each of its methods is such a call. */
export function neverWhileHeld<T extends object>(name: string, target: T): T {
  if (report === undefined) return target
  return new Proxy(target, {
    get(object, key) {
      const value = Reflect.get(object, key)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        notWhileHeld(`${name}.${String(key)}`)
        return Reflect.apply(value, object, args)
      }
    },
  })
}
