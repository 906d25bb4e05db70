import { Group, Text } from '@mantine/core'
import { useCallback, useMemo, useState } from 'react'
import { z } from 'zod'
import { members, OrgRole } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { useMaybe } from '../../hub.ts'
import { type Org, useOrg } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { useAccount } from '../../session.ts'
import { InviteButton } from './invitations/InvitePerson.tsx'
import { memberColumns } from './members/columns.tsx'
import { type Filter, Filters } from './members/Filters.tsx'
import { MemberPanel } from './members/MemberPanel.tsx'
import { MoreMenu } from './members/MoreMenu.tsx'
import { LeaveOrganization, RemoveMember } from './members/RemoveMember.tsx'
import { type PickedRole, RoleChange } from './members/RoleChange.tsx'
import { AdminBanner, type Counts, MembersSentence } from './members/Sentence.tsx'

const Search = z.object({ search: z.string(), role: OrgRole, group: z.string(), member: z.string() })

/** The members of an organization: who they are, with which role, and what they may do where. */
export function Page() {
  const org = useOrg()
  const you = useAccount()?.name
  const [{ search, role, group, member }, setAddress] = useAddressState(Search)
  const list = useEndless(members.listMembers, {
    params: { org: org.name },
    query: { search, role, group, limit: 100 },
  })
  const { data: counts } = useMaybe(
    members.countMembers,
    org.may.includes('member.summary') ? { params: { org: org.name } } : undefined,
  )
  const [picked, setPicked] = useState<PickedRole>()
  const [removing, setRemoving] = useState<string>()
  const onOpen = useCallback((user: string) => void setAddress({ member: user }, 'push'), [setAddress])
  const pick = useCallback(
    ({ user, fullname, role: from }: Pickable, to: OrgRole) => from && setPicked({ user, fullname, from, to }),
    [],
  )
  const columns = useMemo(
    () => memberColumns({ org, you, onOpen, onPick: pick, onRemove: setRemoving }),
    [org, you, onOpen, pick],
  )
  const closePanel = () => void setAddress({ member: undefined })
  const stop = () => setRemoving(undefined)
  const removed = async () => {
    await setAddress({ member: undefined })
    stop()
  }
  return (
    <>
      <PageHead
        title="Members"
        of={org.name}
        state={counts ? <MembersSentence org={org} counts={counts} /> : stateWithout(org)}
        action={
          <Group gap="xs">
            <MoreMenu org={org} />
            <InviteButton org={org} />
          </Group>
        }
      />
      {counts && <AdminBanner org={org} counts={counts} />}
      <Filters
        org={org}
        filter={{ search, role, group }}
        counts={counts}
        reading={list.reading}
        onChange={setAddress}
      />
      <EndlessTable
        label={`Members of ${org.name}`}
        columns={columns}
        list={list}
        rowKey={keyOfRow}
        openKey={list.rows.find(({ user }) => user === member)?._id}
        total={totalOf({ search, role, group }, counts)}
        heights={{ row: 57, card: 132 }}
        empty={<NoPeople filtered={search !== undefined || role !== undefined || group !== undefined} />}
      />
      <MemberPanel org={org} user={member} you={you} onPick={pick} onRemove={setRemoving} onClose={closePanel} />
      <RoleChange org={org} picked={picked} onClose={() => setPicked(undefined)} />
      {removing !== undefined && removing === you && <LeaveOrganization org={org} user={removing} onClose={stop} />}
      {removing !== undefined && removing !== you && (
        <RemoveMember org={org} user={removing} onClose={stop} onDone={removed} />
      )}
    </>
  )
}

interface Pickable {
  user: string
  fullname: string
  role?: OrgRole | undefined
}

const keyOfRow = ({ _id }: members.Member) => _id

function stateWithout(org: Org): string {
  return org.numUsers === undefined ? `The people of ${org.name}.` : `${org.numUsers.toLocaleString('en')} members.`
}

/** How many rows the list has in all, where the counts tell it. */
function totalOf(filter: Filter, counts: Counts | undefined): number | undefined {
  if (!counts || filter.search || filter.group) return undefined
  return filter.role ? (counts.byRole[filter.role] ?? 0) : counts.total
}

function NoPeople({ filtered }: { filtered: boolean }) {
  if (filtered) return <Text c="dimmed">No members match. Clear filters or change your search.</Text>
  return (
    <Empty title="No members to show">
      This organization shows its members only to those who have the role read or higher.
    </Empty>
  )
}
