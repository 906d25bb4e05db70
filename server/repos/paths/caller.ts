import type { Author } from '../../access/author.ts'

/** Whose share of what is scarce a request takes: the account's, or without one that of the address. */
export function callerOf({ actor, request }: Author): string {
  return actor?.id ?? request.ip
}
