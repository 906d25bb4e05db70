import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { access } from '../../../../api/index.ts'
import { type Endless, readingOf } from '../../../endless.ts'
import { client, endless, keyOf, useMaybe } from '../../../hub.ts'

/** A person who has access, and on which grounds. */
export type Holder = access.WhoCan['people'][number]

/** Actions that are asked about, as the address names them. */
export const actions = {
  read: { action: 'repo.read', label: 'Read' },
  write: { action: 'repo.write', label: 'Write' },
  settings: { action: 'repo.updateSettings', label: 'Manage settings' },
  collaborators: { action: 'collaborator.set', label: 'Manage collaborators' },
  delete: { action: 'repo.delete', label: 'Delete' },
} as const
export type Asked = keyof typeof actions

/** People asked for at once. */
const pageSize = 50

interface Question {
  org: string
  repo: string
  asked: Asked
  search: string | undefined
}

/** The people who may do something with a repository, read page by page. */
export function useHolders({ org, repo, asked, search }: Question): Endless<Holder> {
  const input = { params: { org }, query: { repo, action: actions[asked].action, search, limit: pageSize } }
  const query = useInfiniteQuery({
    queryKey: [endless, ...keyOf(access.whoCan, input)],
    queryFn: ({ pageParam: cursor }) =>
      client.call(access.whoCan, { ...input, query: { ...input.query, ...(cursor !== '' && { cursor }) } }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  })
  return { rows: query.data?.pages.flatMap(({ people }) => people) ?? [], ...readingOf(query) }
}

/** The first page of those who may do something: how many there are, and who else may. */
export function useOverview({ org, repo, asked }: Omit<Question, 'search'>) {
  const query = { repo, action: actions[asked].action, limit: pageSize }
  return useMaybe(access.whoCan, { params: { org }, query }).data
}
