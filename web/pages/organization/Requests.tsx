import { Select } from '@mantine/core'
import { IconDoorEnter } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { type OrgSettings, organizations, requests } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { useMaybe } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { ListPage } from '../../pieces/ListPage.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { requestColumns } from './requests/columns.tsx'
import { Approve, Reject } from './requests/Decide.tsx'

type Row = requests.JoinRequest
type State = requests.RequestState

const Search = z.object({
  state: z.enum([...requests.RequestState.options.filter((state) => state !== 'pending'), 'all']),
})

/** Requests to join an organization. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'request.list', 'You need the admin role to see requests to join.')
  if (reason !== undefined) {
    return (
      <>
        <PageHead title="Requests to join" of={org.name} />
        <Empty title="You can’t see requests">{reason}</Empty>
      </>
    )
  }
  return <Requests org={org} />
}

function Requests({ org }: { org: Org }) {
  const [{ state }, setAddress] = useAddressState(Search)
  const [asked, setAsked] = useState<{ deed: 'approve' | 'reject'; request: Row }>()
  const { data: settings } = useMaybe(organizations.getSettings, { params: { org: org.name } })
  const list = useEndless(requests.listRequests, {
    params: { org: org.name },
    query: { state: stateAsked(state), limit: 100 },
  })
  const columns = useMemo(() => requestColumns((deed, request) => setAsked({ deed, request })), [])
  const close = () => setAsked(undefined)
  return (
    <ListPage
      head={{
        title: 'Requests to join',
        of: org.name,
        state: <Door org={org} settings={settings} />,
        guide: 'requests',
      }}
      things="requests"
      label={`Requests to join ${org.name}`}
      filters={
        <Select
          aria-label="State"
          w={190}
          data={states}
          value={state ?? 'pending'}
          allowDeselect={false}
          onChange={(value) => void setAddress({ state: Search.shape.state.safeParse(value).data })}
        />
      }
      onClear={state && (() => void setAddress({ state: undefined }))}
      columns={columns}
      list={list}
      rowKey={({ id }) => id}
      heights={{ row: 57, card: 190 }}
      empty={nonePending({ org, settings })}
    >
      {asked?.deed === 'approve' && <Approve org={org} request={asked.request} onClose={close} />}
      {asked?.deed === 'reject' && <Reject org={org} request={asked.request} onClose={close} />}
    </ListPage>
  )
}

const states = [
  { value: 'pending', label: 'Pending' },
  { value: 'approved', label: 'Approved' },
  { value: 'rejected', label: 'Rejected' },
  { value: 'withdrawn', label: 'Withdrawn' },
  { value: 'all', label: 'All' },
]

function stateAsked(state: State | 'all' | undefined): State | undefined {
  return state === 'all' ? undefined : (state ?? 'pending')
}

interface Known {
  org: Org
  settings: OrgSettings | undefined
}

function Door({ org, settings }: Known) {
  if (!settings) return `People who want to join ${org.name}.`
  const where = (
    <LinkTo to="/organizations/$org/settings/account" params={{ org: org.name }}>
      Change setting
    </LinkTo>
  )
  if (settings.allowJoinRequests) return <>Anyone with a verified email address can request to join. {where}</>
  return settings.userApproval ? (
    <>
      Anyone with an email in a domain of {org.name} can request to join. {where}
    </>
  ) : (
    <>Requests to join are turned off. {where}</>
  )
}

function nonePending({ org, settings }: Known) {
  const isOff = settings?.allowJoinRequests === false && !settings.userApproval
  return {
    title: 'No pending requests',
    icon: <IconDoorEnter size={28} />,
    guide: 'requests' as const,
    action: isOff && (
      <ButtonTo to="/organizations/$org/settings/account" params={{ org: org.name }}>
        Turn on requests
      </ButtonTo>
    ),
    children: isOff
      ? `People can join ${org.name} by invitation only. If you turn on requests, they can ask to join from the organization’s page, and you approve or reject them here.`
      : `People can request to join on the page of ${org.name}. You get an email and decide here.`,
  }
}
