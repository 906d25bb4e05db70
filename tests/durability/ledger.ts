// What a hub has acknowledged so far: all of it must be there after any kill.

export interface LargeFile {
  repo: string
  oid: string
  size: number
}

export interface Ledger {
  /** Per branch and tag the last commit that a push was told has arrived. */
  pushed: Map<string, string>
  /** Commits that the API said it made, per branch. */
  committed: Map<string, string[]>
  large: LargeFile[]
  /** Repositories that were created, and not asked to be deleted. */
  created: Set<string>
  deleted: Set<string>
  /** What else was answered, in numbers: a run without anything to lose proves nothing. */
  counts: Record<'push' | 'commit' | 'upload' | 'create' | 'delete', number>
}

/** Nothing was acknowledged yet. */
export function emptyLedger(): Ledger {
  return {
    pushed: new Map(),
    committed: new Map(),
    large: [],
    created: new Set(),
    deleted: new Set(),
    counts: { push: 0, commit: 0, upload: 0, create: 0, delete: 0 },
  }
}
