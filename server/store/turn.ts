import { identityOf, type Question } from './questions.ts'

/** A question that waits for its answer, on behalf of all who asked the same in its turn. */
export interface Asked {
  question: Question
  /** Its values are of the kinds that can be compared, and sent with those of others. */
  isComparable: boolean
  resolve(rows: readonly object[]): void
  reject(error: unknown): void
}

/**
 * Collects what is asked in one turn of the event loop, and hands it over when the turn ends. What was asked is forgotten
 * before it is sent: who asks later may know of a change since.
 */
export function openTurn(send: (asked: readonly Asked[]) => void): {
  ask(question: Question): Promise<readonly object[]>
} {
  let asked: Asked[] = []
  const answers = new Map<string, Promise<readonly object[]>>()

  function end(): void {
    const all = asked
    asked = []
    answers.clear()
    send(all)
  }

  function add(question: Question, isComparable: boolean): Promise<readonly object[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly object[]>()
    if (asked.push({ question, isComparable, resolve, reject }) === 1) setImmediate(end)
    return promise
  }

  return {
    ask(question) {
      const identity = identityOf(question)
      if (identity === undefined) return add(question, false)
      const answer = answers.get(identity) ?? add(question, true)
      answers.set(identity, answer)
      return answer
    },
  }
}
