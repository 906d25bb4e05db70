import { Checkbox, Group } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { type ComponentProps, useCallback, useMemo, useState } from 'react'
import { billing, members, type OrgRole } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { useMaybe } from '../../hub.ts'
import { type Org, useOrg } from '../../organization.ts'
import type { Sorting } from '../../pieces/columns.ts'
import { ListPage } from '../../pieces/ListPage.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { useAccount } from '../../session.ts'
import { InviteButton } from './invitations/InvitePeople.tsx'
import { ChangeMany } from './members/ChangeMany.tsx'
import { type Choosable, choosableFor, memberColumns } from './members/columns.tsx'
import { ChooseColumns, Filters, IdleChips, SortCards } from './members/Filters.tsx'
import { MemberPanel } from './members/MemberPanel.tsx'
import { MoreMenu } from './members/MoreMenu.tsx'
import { LeaveOrganization, RemoveMember } from './members/RemoveMember.tsx'
import { type PickedRole, RoleChange } from './members/RoleChange.tsx'
import { SelectionBar } from './members/SelectionBar.tsx'
import { AdminBanner, type Counts, MembersSentence } from './members/Sentence.tsx'
import { type Filter, isFiltered, Search, sortOf } from './members/search.ts'
import { type Selection, useSelection } from './members/selection.ts'
import { SsoJoinLink } from './sso/SsoJoinLink.tsx'

/** The members of an organization in one table: who they are, with which role, and what can be done with one or many. */
export function Page() {
  const org = useOrg()
  const [state, setAddress] = useAddressState(Search)
  const { data: counts } = useMaybe(
    members.countMembers,
    org.may.includes('member.summary') ? { params: { org: org.name } } : undefined,
  )
  const input = { params: { org: org.name }, query: queryOf(org, state) }
  const selection = useSelection(input)
  const { change, into, as } = state
  const back = useCallback(() => void setAddress({ change: undefined, into: undefined, as: undefined }), [setAddress])
  const head = headOf(org, counts)
  if (change === undefined || selection.selected.size === 0) {
    return <List {...{ org, head, state, counts, input, selection }} onChange={setAddress} />
  }
  return (
    <>
      <PageHead {...head} />
      <ChangeMany
        key={`${change} ${into}`}
        org={org}
        change={{ change, into, as }}
        people={[...selection.selected]}
        onBack={back}
        onDone={selection.clear}
      />
    </>
  )
}

function headOf(org: Org, counts: Counts | undefined): ComponentProps<typeof PageHead> {
  return {
    title: 'Members',
    of: org.name,
    guide: 'members',
    state: counts ? <MembersSentence org={org} counts={counts} /> : stateWithout(org),
    action: (
      <Group gap="xs">
        <MoreMenu org={org} />
        <SsoJoinLink org={org} />
        <InviteButton org={org} />
      </Group>
    ),
  }
}

function queryOf(org: Org, state: Search) {
  const { search, role, group, idle, twoFactor } = state
  const { asked } = sortOf(state)
  const sees = org.may.includes('member.summary')
  // Without the read role, no roles are visible and only the name can be sorted by.
  const sort = sees || asked.endsWith('name') ? asked : 'name'
  const filter = { search, role: sees ? role : undefined, group, idle, twoFactor }
  return { ...filter, sort, details: 'true' as const, limit: 100 }
}

interface Table {
  org: Org
  head: ReturnType<typeof headOf>
  state: Search
  counts: Counts | undefined
  input: { params: { org: string }; query: ReturnType<typeof queryOf> }
  selection: Selection
  onChange: (change: Search, how?: 'push' | 'replace') => Promise<void>
}

function List({ org, head, state, counts, input, selection, onChange }: Table) {
  const you = useAccount()?.name
  const { member } = state
  const list = useEndless(members.listMembers, input)
  const [chosen, setChosen] = useColumns(org)
  const [picked, setPicked] = useState<PickedRole>()
  const [removing, setRemoving] = useState<string>()
  const onOpen = useCallback((user: string) => void onChange({ member: user }, 'push'), [onChange])
  const pick = useCallback(
    ({ user, fullname, role: from }: Pickable, to: OrgRole) => from && setPicked({ user, fullname, from, to }),
    [],
  )
  const mayChange = org.may.includes('member.bulk')
  const shown = useMemo(() => list.rows.map(({ user }) => user), [list.rows])
  const { selected, toggle } = selection
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rest of the selection is new at each turn and changes no cell
  const columns = useMemo(() => {
    const deeds = { org, you, onOpen, onPick: pick, onRemove: setRemoving }
    return memberColumns({ ...deeds, selection: mayChange ? { ...selection, shown } : undefined }, chosen)
  }, [org, you, onOpen, pick, mayChange, shown, selected, toggle, chosen])
  const sorting = sortingOf(state, onChange)
  const closePanel = () => void onChange({ member: undefined })
  const stop = () => setRemoving(undefined)
  const removed = async () => {
    await onChange({ member: undefined })
    stop()
  }
  return (
    <ListPage
      head={head}
      things="members"
      above={
        <>
          {counts && <AdminBanner org={org} counts={counts} />}
          <Filters org={org} filter={state} counts={counts} reading={list.reading} onChange={onChange} />
          <Group justify="space-between" gap="sm" mb="sm">
            <IdleChips org={org} filter={state} onChange={onChange} />
            <Group gap="xs" ml="auto">
              <SortCards columns={columns} sorting={sorting} />
              <ChooseColumns org={org} chosen={chosen} onChange={setChosen} />
            </Group>
          </Group>
          {mayChange && <SelectAllCards selection={selection} shown={shown} />}
        </>
      }
      onClear={isFiltered(state) ? () => void onChange(noFilter) : undefined}
      label={`Members of ${org.name}`}
      columns={columns}
      list={list}
      rowKey={keyOfRow}
      openKey={list.rows.find(({ user }) => user === member)?._id}
      total={useTotal(org, state, counts)}
      heights={{ row: 57, card: 132 }}
      sorting={sorting}
      empty={{
        title: 'No members to show',
        children: 'You need the read role or higher to see the members of this organization.',
      }}
    >
      {selected.size > 0 && (
        <SelectionBar
          org={org}
          selected={selected}
          onChange={(change) => void onChange(change, 'push')}
          onClear={selection.clear}
        />
      )}
      <MemberPanel org={org} user={member} you={you} onPick={pick} onRemove={setRemoving} onClose={closePanel} />
      <RoleChange org={org} picked={picked} onClose={() => setPicked(undefined)} />
      {removing !== undefined && removing === you && <LeaveOrganization org={org} user={removing} onClose={stop} />}
      {removing !== undefined && removing !== you && (
        <RemoveMember org={org} user={removing} onClose={stop} onDone={removed} />
      )}
    </ListPage>
  )
}

const noFilter = { search: undefined, role: undefined, group: undefined, idle: undefined, twoFactor: undefined }

interface Pickable {
  user: string
  fullname: string
  role?: OrgRole | undefined
}

const keyOfRow = ({ _id }: members.Member) => _id

function sortingOf(state: Search, onChange: Table['onChange']): Sorting {
  const onSort = (by: string, descending: boolean) => {
    const sort = members.MemberSort.parse(descending ? `-${by}` : by)
    void onChange({ sort })
  }
  return { ...sortOf(state), onSort }
}

const usual: Choosable[] = ['groups', 'twoFactor', 'lastActive']

/** The columns that were chosen on this device, as far as this viewer sees them. */
function useColumns(org: Org) {
  const [kept, setKept] = useLocalStorage<Choosable[]>({
    key: 'guildhall-member-columns',
    defaultValue: usual,
    getInitialValueInEffect: false,
  })
  const chosen = useMemo(() => choosableFor(org).filter((id) => kept.includes(id)), [org, kept])
  return [chosen, setKept] as const
}

/** Cards have no header for the box that selects all. */
function SelectAllCards({ selection, shown }: { selection: Selection; shown: readonly string[] }) {
  const { selected, isReading, toggleAll } = selection
  const isAll = shown.length > 0 && shown.every((user) => selected.has(user))
  return (
    <Checkbox
      hiddenFrom="sm"
      size="sm"
      mb="xs"
      label="Select all members that match"
      checked={isAll}
      indeterminate={!isAll && selected.size > 0}
      disabled={isReading || shown.length === 0}
      onChange={() => toggleAll(shown)}
    />
  )
}

function stateWithout(org: Org): string | undefined {
  if (org.numUsers === undefined) return undefined
  return org.numUsers === 1 ? '1 member' : `${org.numUsers.toLocaleString('en')} members`
}

/** How many rows the list has in all, where the counts tell it. */
function useTotal(org: Org, filter: Filter, counts: Counts | undefined): number | undefined {
  const { search, group, role, idle, twoFactor } = filter
  const asks = idle !== undefined && org.may.includes('activity.view')
  const { data } = useMaybe(billing.summarizeActivity, asks ? { params: { org: org.name } } : undefined)
  if (!counts || search || group || [role, idle, twoFactor].filter(Boolean).length > 1) return undefined
  if (twoFactor === 'off') return counts.withoutTwoFactor
  if (twoFactor === 'on') return counts.total - (counts.withoutTwoFactor ?? 0)
  if (idle) return data?.idle[idle]
  return role ? (counts.byRole[role] ?? 0) : counts.total
}
