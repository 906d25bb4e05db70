import { useSuspenseQuery } from '@tanstack/react-query'
import { ApiError, organizations, people, type ReplyOf } from '../../api/index.ts'
import { usePathName } from '../address-state.ts'
import { client, keyOf } from '../hub.ts'
import type { Org } from '../organization.ts'
import { GoTo } from '../pieces/GoTo.tsx'
import { OrganizationPage } from './namespace/OrganizationPage.tsx'
import { PersonPage } from './namespace/PersonPage.tsx'

type Namespace = { org: Org } | { person: ReplyOf<typeof people.userOverview> }

/** Whatever has this name: an organization, or a person. */
export function Page() {
  const name = usePathName('name')
  const queryKey = ['namespace', ...keyOf(organizations.getOrganization, { params: { org: name } })]
  const { data } = useSuspenseQuery({ queryKey, queryFn: () => find(name) })
  const found = 'org' in data ? data.org.name : data.person.user
  // A name that was given up leads to the new one.
  if (found.toLowerCase() !== name.toLowerCase()) return <GoTo to="/$name" params={{ name: found }} />
  return 'org' in data ? <OrganizationPage org={data.org} /> : <PersonPage person={data.person} />
}

async function find(name: string): Promise<Namespace> {
  try {
    return { org: await client.call(organizations.getOrganization, { params: { org: name } }) }
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error
    return { person: await client.call(people.userOverview, { params: { username: name } }) }
  }
}
