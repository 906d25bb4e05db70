import type { QueryKey } from '@tanstack/react-query'
import { QueryClient, useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { CallInput, Client, ReplyOf } from '../api/index.ts'
import { ApiError, createClient, users } from '../api/index.ts'
import { signInAddress } from './next.ts'
import { askToConfirm } from './recent-sign-in.ts'
import { sessionIsBack, tellSessionEnded } from './session-ended.tsx'

/** Any operation of the API. */
export type AnyOperation = Parameters<Client['call']>[0]

/** Requests of signed-out visitors that may answer 401 without sending anybody to the sign-in page. */
const doors = ['/api/login', '/api/signup', '/api/setup', '/api/password-reset', '/api/verify-email']

/** A repository that is missing answers strangers like a private one: its page says so, and offers the sign-in. */
const repositories = /^\/(api\/)?(models|datasets|spaces)\/|\/(resolve|raw)\//

// The page was loaded with a session: where that is refused, it has ended since.
function hadSession(): boolean {
  const known = queryClient.getQueryData<ReplyOf<typeof users.instance>>(keyOf(users.instance))
  return Boolean(known?.account)
}

// What takes a recent sign-in is asked for again after the dialog, as if nothing had been in the way.
async function fetchConfirmed(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  const isStale = response.headers.get('x-error-code') === 'RecentSignInRequired'
  return isStale && (await askToConfirm()) ? fetch(url, init) : response
}

async function request(url: string, init: RequestInit): Promise<Response> {
  const response = await fetchConfirmed(url, { ...init, credentials: 'same-origin' })
  const isDoor = doors.some((door) => url.startsWith(door)) || location.pathname === '/login'
  if (response.status === 401 && !isDoor && init.method === 'GET') onSignedOut(url)
  if (response.ok) sessionIsBack()
  return response
}

function onSignedOut(url: string): void {
  if (hadSession()) tellSessionEnded()
  else if (!repositories.test(url)) goToSignIn()
}

/** Leads to the sign-in page, and back here afterwards. */
export function goToSignIn(): void {
  location.assign(signInAddress(location.pathname + location.search))
}

/** The API of the hub that served these pages. */
export const client = createClient({ baseUrl: '', fetch: request })

/** Refusals are final; only a server that is away is asked again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Even if the browser is offline: the instance may be on this machine, and a request that fails says so.
      networkMode: 'always',
      staleTime: 15_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
    },
    mutations: { networkMode: 'always' },
  },
})

/** The key under which the answer of a call is kept: path first, then what it was asked with. */
export function keyOf<O extends AnyOperation>(operation: O, input?: CallInput<O>): QueryKey {
  return [operation.path, operation.method, input ?? {}]
}

/** What an operation answers; shows the skeleton of the page until it is there, and its error page when it is refused. */
export function useReply<O extends AnyOperation>(operation: O, input?: CallInput<O>): ReplyOf<O> {
  return useSuspenseQuery({ queryKey: keyOf(operation, input), queryFn: () => client.call(operation, input) }).data
}

/** The same without waiting: `data` is missing until the answer is there; pass `undefined` to ask nothing. */
export function useMaybe<O extends AnyOperation>(operation: O, input: CallInput<O> | undefined) {
  return useQuery<ReplyOf<O>>({
    queryKey: keyOf(operation, input),
    queryFn: () => client.call(operation, input),
    enabled: input !== undefined,
  })
}

/** What a change would do, asked of the server with `dryRun` and never kept; pass `undefined` to ask nothing. */
export function useRehearsal<O extends AnyOperation>(operation: O, input: CallInput<O> | undefined) {
  return useQuery<ReplyOf<O>>({
    queryKey: ['rehearsal', ...keyOf(operation, input)],
    queryFn: () => client.call(operation, input),
    enabled: input !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
}

/** A change: afterwards everything on the page is read again, except endless lists, which are patched in place. */
export function useChange<O extends AnyOperation>(
  operation: O,
  after?: (reply: ReplyOf<O>, input: CallInput<O>) => unknown,
) {
  return useMutation<ReplyOf<O>, Error, CallInput<O>>({
    mutationFn: (input) => client.call(operation, input),
    onSuccess: async (reply, input) => {
      await after?.(reply, input)
      void refresh()
    },
  })
}

/** The first part of the keys of endless lists. */
export const endless = 'endless'

/** What {@link refresh} leaves alone: reading fifty thousand rows again would be no refresh. */
const aside: ReadonlySet<unknown> = new Set([endless, 'rehearsal'])

/** Reads again what is on the page. */
export function refresh(): Promise<void> {
  return queryClient.invalidateQueries({ predicate: ({ queryKey }) => !aside.has(queryKey[0]) })
}
