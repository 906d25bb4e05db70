import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Answer, CallInput, ReplyOf } from '../api/index.ts'
import { type AnyOperation, client, endless, keyOf, queryClient } from './hub.ts'

/** A list of which only the pages that were scrolled to are read. */
export interface Endless<T> {
  rows: T[]
  /** Whether there is more than was read. */
  more: boolean
  /** Reads the next page, or the first one again when that failed. */
  readMore: () => void
  /** The first page is being read; nothing can be shown yet. */
  loading: boolean
  /** Another search is being read while the rows of the one before are shown. */
  stale: boolean
  reading: boolean
  error: Error | null
}

type RowOf<O> = ReplyOf<O> extends (infer T)[] ? T : never

/** Reads a paged list, page by page, as far as `readMore` asks; keeps what was read while the next search is under way. */
export function useEndless<O extends AnyOperation>(
  operation: O,
  input: CallInput<O>,
  enabled = true,
): Endless<RowOf<O>> {
  const query = useInfiniteQuery({
    enabled,
    queryKey: [endless, ...keyOf(operation, input)],
    queryFn: ({ pageParam }) =>
      pageParam === '' ? client.answer(operation, input) : client.follow(operation, pageParam),
    initialPageParam: '',
    getNextPageParam: ({ next }) => (next === undefined ? undefined : onThisOrigin(next)),
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: 60_000,
  })
  const rows = useMemo(() => (query.data?.pages ?? []).flatMap(({ data }) => data as RowOf<O>[]), [query.data])
  return { rows, ...readingOf(query) }
}

/** How far a query has read its list, and how it goes on. */
export function readingOf<T>(query: UseInfiniteQueryResult<T>): Omit<Endless<never>, 'rows'> {
  return {
    more: query.hasNextPage,
    readMore: () => {
      if (query.isFetching) return
      if (query.data === undefined) void query.refetch()
      else if (query.hasNextPage) void query.fetchNextPage()
    },
    loading: query.isPending,
    stale: query.isPlaceholderData,
    reading: query.isFetching,
    error: query.error,
  }
}

/** Reads a paged list to its end; ask for large pages. */
export async function everyRow<O extends AnyOperation>(operation: O, input: CallInput<O>): Promise<RowOf<O>[]> {
  const rows: RowOf<O>[] = []
  let page = await client.answer(operation, input)
  for (;;) {
    rows.push(...(page.data as RowOf<O>[]))
    if (page.next === undefined) return rows
    page = await client.follow(operation, onThisOrigin(page.next))
  }
}

/** One page of a list, and how many rows there are in all; the page before stays while the next one is read. */
export function usePage<O extends AnyOperation>(operation: O, input: CallInput<O>) {
  const { data, error, isPending, isPlaceholderData } = useQuery({
    queryKey: ['page', ...keyOf(operation, input)],
    queryFn: () => client.answer(operation, input),
    placeholderData: keepPreviousData,
  })
  const total = data?.headers.get('x-total-count')
  return {
    rows: data?.data as RowOf<O>[] | undefined,
    total: total === null || total === undefined ? undefined : Number(total),
    more: data?.next !== undefined,
    loading: isPending,
    stale: isPlaceholderData,
    error,
  }
}

/** Changes rows that were read, without reading the list again; `undefined` takes a row out. */
export function patchRows<T>(operation: AnyOperation, change: (row: T) => T | undefined): void {
  queryClient.setQueriesData<InfiniteData<Answer<T[]>>>(
    { queryKey: [endless, operation.path] },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({ ...page, data: page.data.flatMap((row) => change(row) ?? []) })),
      },
  )
}

/** Forgets what was read of a list, so that it begins again. */
export function restart(operation: AnyOperation): void {
  void queryClient.resetQueries({ queryKey: [endless, operation.path] })
}

// The server names itself by its public address; these pages may be looked at through another one.
function onThisOrigin(address: string): string {
  const { pathname, search } = new URL(address, location.href)
  return pathname + search
}

/** A list that is there whole, in the shape of one that is read page by page. */
export function whole<T>(rows: T[]): Endless<T> {
  return { rows, more: false, readMore: () => {}, loading: false, stale: false, reading: false, error: null }
}
