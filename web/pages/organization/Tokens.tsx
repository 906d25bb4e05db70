import { Button, Group } from '@mantine/core'
import { IconDownload, IconKey } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { orgTokens } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { exportAddressOf } from '../../export-address.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ListPage } from '../../pieces/ListPage.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { tokenColumns } from './tokens/columns.tsx'
import { Decide, type Decision } from './tokens/Decide.tsx'
import { TokenFilters } from './tokens/Filters.tsx'
import { ChangePolicy, PolicySentence } from './tokens/Policy.tsx'
import { Summary } from './tokens/Summary.tsx'
import { noFilter, queryOf, TokenSearch } from './tokens/search.ts'

/** The access tokens that can access an organization, which of them it accepts, and what admins decide about each. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'orgToken.list', whyNotShown(org))
  if (reason === undefined) return <Tokens org={org} />
  return (
    <>
      <PageHead title="Tokens" of={org.name} />
      <Empty title="You can’t view tokens">{reason}</Empty>
    </>
  )
}

// An admin who may not see them lacks nothing but the plan.
function whyNotShown(org: Org): string {
  return org.may.includes('org.updateSettings')
    ? `Managing tokens requires the enterprise plan or higher. ${org.name} is on the ${org.plan} plan.`
    : 'Only admins can view tokens.'
}

function Tokens({ org }: { org: Org }) {
  const [search, setAddress] = useAddressState(TokenSearch)
  const [decision, setDecision] = useState<Decision>()
  const query = queryOf(search)
  const list = useEndless(orgTokens.listOrgTokens, { params: { org: org.name }, query: { ...query, limit: 100 } })
  const columns = useMemo(() => tokenColumns(org.name, (deed, token) => setDecision({ deed, token })), [org.name])
  const isNarrowed = Object.values(query).some((value) => value !== undefined)
  return (
    <ListPage
      head={{
        title: 'Tokens',
        of: org.name,
        guide: 'token-policy',
        state: (
          <>
            <PolicySentence org={org} /> <Summary org={org} />
          </>
        ),
        action: (
          <Group gap="sm">
            <Button
              component="a"
              href={exportAddressOf(orgTokens.exportOrgTokens, org.name, query)}
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              Download CSV
            </Button>
            <ChangePolicy org={org} />
          </Group>
        ),
      }}
      things="tokens"
      label={`Access tokens that can access ${org.name}`}
      search={{
        label: 'Search by owner',
        value: search.search,
        onChange: (words) => void setAddress({ search: words }),
      }}
      filters={<TokenFilters search={search} onChange={(change) => void setAddress(change)} />}
      onClear={isNarrowed ? () => void setAddress(noFilter) : undefined}
      columns={columns}
      list={list}
      rowKey={({ id }) => id}
      heights={{ row: 76, card: 230 }}
      empty={{
        title: 'No access tokens',
        icon: <IconKey size={28} />,
        guide: 'tokens',
        children: `Tokens of members and collaborators that can access ${org.name} are listed here.`,
      }}
    >
      {decision && <Decide org={org} decision={decision} onClose={() => setDecision(undefined)} />}
    </ListPage>
  )
}
