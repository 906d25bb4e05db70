import type { bulk } from '../../../../api/index.ts'
import { counted, listed } from '../../../words.ts'

/** A file that is to be applied, or what was made in its place. */
export interface Wanted {
  name: string
  csv: string
  /** The most removals it may do, where that was raised on purpose. */
  removalLimit?: number
  /** It undoes what was just applied. */
  isUndo?: boolean
  /** Words of the button that leads back to where it was made; without them it is a file. */
  back?: string
}

type Counts = bulk.BulkResult['counts']

/** `12 people change, 3 people are invited and 2 people are removed`; undefined when nothing is to be done. */
export function deedsOf({ change, invite, remove }: Counts): string | undefined {
  return saying([
    change > 0 && counted(change, 'person changes', 'people change'),
    invite > 0 && counted(invite, 'person is invited', 'people are invited'),
    remove > 0 && counted(remove, 'person is removed', 'people are removed'),
  ])
}

/** The same afterwards. */
export function doneOf({ change, invite, remove }: Counts): string | undefined {
  return saying([
    change > 0 && counted(change, 'person changed', 'people changed'),
    invite > 0 && counted(invite, 'person was invited', 'people were invited'),
    remove > 0 && counted(remove, 'person was removed', 'people were removed'),
  ])
}

function saying(all: (string | false)[]): string | undefined {
  const parts = all.filter((part) => part !== false)
  return parts.length === 0 ? undefined : listed(parts)
}

/** How many people something is done about. */
export function touched({ change, invite, remove }: Counts): number {
  return change + invite + remove
}
