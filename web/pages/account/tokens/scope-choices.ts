import { useDebouncedValue } from '@mantine/hooks'
import { useQueries } from '@tanstack/react-query'
import { groups, repos, type tokens, users } from '../../../../api/index.ts'
import { client, keyOf, useMaybe, useReply } from '../../../hub.ts'

/** Something that can be added to a scope. */
export interface Choice {
  type: tokens.ScopeType
  name: string
  _id?: string | undefined
}

const mostOfEach = 8
/** Their resource groups are searched. */
const mostOrganizations = 20

/** What the words find: your account, your organizations, their resource groups, and repositories. */
export function useChoices(words: string): Choice[] {
  const { account } = useReply(users.instance)
  const [asked] = useDebouncedValue(words.trim(), 150)
  const { data: mine } = useMaybe(users.listMyOrganizations, {})
  const { data: found } = useMaybe(repos.quickSearch, asked === '' ? undefined : { query: { q: asked.slice(0, 200) } })
  const organizations = (mine?.organizations ?? []).map(({ id, name }): Choice => ({ type: 'org', name, _id: id }))
  const own: Choice[] = account ? [{ type: 'user', name: account.name }] : []
  const inGroups = useGroups(
    organizations.map(({ name }) => name),
    asked !== '',
  )
  const local = [...own, ...organizations, ...inGroups].filter(({ name }) => holds(name, asked))
  const repositories =
    asked === '' ? [] : (found?.repositories ?? []).map(({ type, id }): Choice => ({ type, name: id }))
  return [...Map.groupBy([...local, ...repositories], ({ type }) => type).values()].flatMap((each) =>
    each.slice(0, mostOfEach),
  )
}

function holds(name: string, words: string): boolean {
  return name.toLowerCase().includes(words.toLowerCase())
}

function useGroups(organizations: readonly string[], isAsked: boolean): Choice[] {
  return useQueries({
    queries: organizations.slice(0, mostOrganizations).map((org) => {
      const input = { params: { org } }
      return {
        queryKey: keyOf(groups.listGroupSummaries, input),
        queryFn: () => client.call(groups.listGroupSummaries, input),
        enabled: isAsked,
        retry: false,
      }
    }),
    combine: (replies) =>
      replies.flatMap(({ data = [] }, index) =>
        data.map(
          ({ id, name }): Choice => ({ type: 'resource-group', name: `${organizations[index]}/${name}`, _id: id }),
        ),
      ),
  })
}
