import { Tabs } from '@mantine/core'
import { z } from 'zod'
import { groups } from '../../../api/index.ts'
import { type AddressState, useAddressState, usePathName } from '../../address-state.ts'
import { useReply } from '../../hub.ts'
import { useOrg } from '../../organization.ts'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { GroupPeople } from './groups/GroupPeople.tsx'
import { GroupRepositories } from './groups/GroupRepositories.tsx'
import { GroupSettings } from './groups/GroupSettings.tsx'
import { autoJoinWords } from './groups/words.ts'

const tabs = ['people', 'repositories', 'settings'] as const
const Search = z.object({ tab: z.enum(tabs) })
export type Search = AddressState<typeof Search>

/** One resource group: its members, repositories, and settings. */
export function Page() {
  const org = useOrg()
  const group = useReply(groups.getGroup, { params: { org: org.name, group: usePathName('group') } })
  const summaries = useReply(groups.listGroupSummaries, { params: { org: org.name } })
  const [{ tab = 'people' }, setAddress] = useAddressState(Search)
  const may = summaries.find(({ id }) => id === group.id)?.may ?? []
  const manages = may.includes('group.changeRole')
  return (
    <>
      <LinkTo to="/organizations/$org/settings/resource-groups" params={{ org: org.name }} size="sm">
        Resource groups
      </LinkTo>
      <PageHead title={group.name} of={org.name} state={stateOf(group)} />
      <Tabs
        value={tab}
        onChange={(next) => setAddress({ tab: tabs.find((known) => known === next) })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="people">Members</Tabs.Tab>
          <Tabs.Tab value="repositories">Repositories</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <GroupPeople org={org} group={group} manages={manages} />
        </Tabs.Panel>
        <Tabs.Panel value="repositories">
          <GroupRepositories org={org} group={group} may={may} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <GroupSettings key={group.id} org={org} group={group} manages={manages} may={may} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

function stateOf({ users, resources, autoJoin, description }: groups.ResourceGroup): string {
  const facts = [
    counted(users.length, 'member'),
    counted(resources.length, 'repository', 'repositories'),
    ...(autoJoin?.enabled ? [`Auto-join: ${autoJoinWords(autoJoin)}`] : []),
    ...(description ? [description] : []),
  ]
  return facts.join(' · ')
}
