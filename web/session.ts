import { useSuspenseQuery } from '@tanstack/react-query'
import type { ReplyOf } from '../api/index.ts'
import { users } from '../api/index.ts'
import { client, keyOf, queryClient } from './hub.ts'

/** What this installation is, and who is signed in. */
export type Instance = ReplyOf<typeof users.instance>

const instanceQuery = {
  queryKey: keyOf(users.instance),
  queryFn: () => client.call(users.instance),
  staleTime: 60_000,
}

/** The installation and the session, read once and kept fresh. */
export function useInstance(): Instance {
  return useSuspenseQuery(instanceQuery).data
}

/** The account that is signed in, or null. */
export function useAccount(): users.Account | null {
  return useInstance().account
}

/** Begins to read the session before the first page is drawn. */
export function prefetchInstance(): void {
  void queryClient.prefetchQuery(instanceQuery)
}

/** Forgets everything that was read for the previous user, and reads the session again. */
export async function sessionChanged(): Promise<void> {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== users.instance.path })
  await queryClient.refetchQueries({ queryKey: keyOf(users.instance) })
}
