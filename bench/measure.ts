import autocannon from 'autocannon'

/** One figure of a run, with what it is held against. */
export interface Figure {
  name: string
  value: number
  unit: string
  /** Absent where the figure only informs. */
  verdict?: Verdict
  note?: string
  /** Why it falls short where it does. */
  why?: string
}

/** A goal in words, and by how much it was missed, if it was. */
export interface Verdict {
  goal: string
  missedBy?: string
}

/** Whether a value reaches a goal. */
export function atLeast(value: number, goal: number, alsoNeeded = true): Verdict {
  const words = `≥ ${goal.toLocaleString('en')}`
  if (value >= goal && alsoNeeded) return { goal: words }
  return { goal: words, missedBy: `${Math.round((1 - value / goal) * 100)} %` }
}

/** Whether a value stays below a goal. */
export function below(value: number, goal: number): Verdict {
  const words = `< ${goal.toLocaleString('en')}`
  if (value < goal) return { goal: words }
  return { goal: words, missedBy: `${Math.round((value / goal - 1) * 100)} %` }
}

/** The p-th percentile of the samples, 0 to 100. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN
}

export interface LoadOptions {
  url: string
  seconds: number
  connections: number
  headers?: Record<string, string>
  /** What each connection sends as its token, in turn. */
  tokens?: readonly string[]
  /** Requests sent in turn by each connection; without, the address itself is read. */
  requests?: autocannon.Request[]
  method?: autocannon.Request['method']
}

export interface Load {
  perSecond: number
  p50: number
  p99: number
  notOk: number
}

/** Sends requests as fast as they are answered. */
export async function load(options: LoadOptions): Promise<Load> {
  const { url, seconds, connections, headers, tokens, requests, method } = options
  let opened = 0
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    ...(method && { method }),
    ...(headers && { headers }),
    ...(tokens && {
      setupClient: (client: autocannon.Client) =>
        client.setHeaders({ authorization: `Bearer ${tokens[opened++ % tokens.length]}` }),
    }),
    ...(requests && { requests }),
  })
  const done = result['2xx']
  return {
    perSecond: done / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    notOk: result.non2xx + result.errors,
  }
}

/** Times so many calls, one after the other, in milliseconds each. */
export async function timeEach(count: number, call: (index: number) => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    await call(i)
    samples.push(performance.now() - start)
  }
  return samples
}
