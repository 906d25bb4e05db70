import type { bulk } from '../../../../api/index.ts'
import { counted, listed } from '../../../words.ts'

/** A bulk change: a file, or what stands in for one. */
export interface Wanted {
  name: string
  csv: string
  /** The most removals it may do, where that was raised on purpose. */
  removalLimit?: number
  /** Whether it undoes what was just applied. */
  isUndo?: boolean
  /** Label of the button that leads back; a file has none. */
  back?: string
}

type Counts = bulk.BulkResult['counts']

/** `12 changes, 3 invitations, and 2 removals`; undefined when there is nothing to apply. */
export function deedsOf({ counts }: bulk.BulkResult): string | undefined {
  const { change, invite, remove, revoke } = counts
  return saying([
    change > 0 && counted(change, 'change'),
    invite > 0 && counted(invite, 'invitation'),
    remove > 0 && counted(remove, 'removal'),
    revoke > 0 && counted(revoke, 'revoked invitation'),
  ])
}

/** The same afterwards. */
export function doneOf({ counts }: bulk.BulkResult): string | undefined {
  const { change, invite, remove, revoke } = counts
  return saying([
    change > 0 && counted(change, 'person changed', 'people changed'),
    invite > 0 && counted(invite, 'person was invited', 'people were invited'),
    remove > 0 && counted(remove, 'person was removed', 'people were removed'),
    revoke > 0 && counted(revoke, 'invitation was revoked', 'invitations were revoked'),
  ])
}

function saying(all: (string | false)[]): string | undefined {
  const parts = all.filter((part) => part !== false)
  return parts.length === 0 ? undefined : listed(parts)
}

/** How many people are changed, invited, or removed, or no longer invited. */
export function touched({ change, invite, remove, revoke }: Counts): number {
  return change + invite + remove + revoke
}
