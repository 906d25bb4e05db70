import { AsyncLocalStorage } from 'node:async_hooks'
import { networkOf } from './network.ts'

/** Whose share of what is scarce a piece of work takes. It says nothing about what anyone may do. */
export interface Caller {
  id: string
  /** Not signed in; all such callers of one network are one. */
  isAnonymous: boolean
}

/** Work that no request asks for: jobs, the start of the server. */
const theHub: Caller = { id: 'hub', isAnonymous: false }

const scope = new AsyncLocalStorage<Caller>()

/** Runs work in the share of a caller, with everything that it waits for. */
export function asCaller<T>(caller: Caller, work: () => T): T {
  return scope.run(caller, work)
}

/** Whose share the work at hand takes. */
export function currentCaller(): Caller {
  return scope.getStore() ?? theHub
}

/** The caller of a request: an account, or without one the network of an address. */
export function callerOf(accountId: string | undefined, address: string): Caller {
  if (accountId !== undefined) return { id: accountId, isAnonymous: false }
  return { id: networkOf(address), isAnonymous: true }
}

/** The same pieces, each made in the share of the caller at hand now, even when taken in that of another. */
export function inCallersShare<T>(pieces: AsyncIterable<T>): AsyncGenerator<T> {
  return piecesFor(currentCaller(), pieces)
}

async function* piecesFor<T>(caller: Caller, pieces: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = pieces[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { value, done } = await asCaller(caller, () => iterator.next())
      if (done) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}
