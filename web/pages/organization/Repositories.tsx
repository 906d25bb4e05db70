import { Stack } from '@mantine/core'
import { IconDatabase } from '@tabler/icons-react'
import { groups, type OrgSettings, organizations, type ReplyOf, repos, sized, storage } from '../../../api/index.ts'
import { useMaybe, useReply } from '../../hub.ts'
import { type Org, useOrg } from '../../organization.ts'
import { Block } from '../../pieces/Block.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { StorageMeter } from '../../pieces/StorageMeter.tsx'
import { counted } from '../../words.ts'
import { Bars } from './storage/Bars.tsx'
import { ByRepository } from './storage/ByRepository.tsx'

type Row = ReplyOf<typeof repos.listOrgRepositories>[number]

const most = 10_000

/** The repositories of an organization by the storage they use, and the same by resource group. */
export function Page() {
  const org = useOrg()
  const all = useReply(repos.listOrgRepositories, { params: { org: org.name }, query: { limit: most } })
  const mayCreate = org.may.includes('repo.create')
  return (
    <>
      <PageHead title="Repositories and storage" of={org.name} guide="storage" state={<State org={org} rows={all} />} />
      {all.length === 0 ? (
        <Empty
          title="No repositories yet"
          icon={<IconDatabase size={28} />}
          action={
            mayCreate && (
              <ButtonTo to="/new" search={{ owner: org.name }}>
                New repository
              </ButtonTo>
            )
          }
        >
          The models, datasets, and Spaces of {org.name} appear here with the storage they use.
        </Empty>
      ) : (
        <Stack gap={0}>
          <Limit org={org} />
          <ByGroup org={org} rows={all} />
          <ByRepository of={org.name} rows={all} />
        </Stack>
      )}
    </>
  )
}

function Limit({ org }: { org: Org }) {
  const { data } = useMaybe(
    storage.getOrgStorage,
    org.may.includes('org.viewStorage') ? { params: { org: org.name } } : undefined,
  )
  return data ? <StorageMeter use={data} label={`Storage of ${org.name}`} /> : null
}

const visibilityWords: Record<OrgSettings['repoVisibility'], string> = {
  public: 'New repositories are public by default',
  private: 'New repositories are private by default',
  private_only: 'Only admins can make repositories public',
}

function State({ org, rows }: { org: Org; rows: Row[] }) {
  const { data: settings } = useMaybe(
    organizations.getSettings,
    org.may.includes('org.viewSettings') ? { params: { org: org.name } } : undefined,
  )
  const open = rows.filter(({ visibility }) => visibility === 'public').length
  return (
    <>
      {counted(rows.length, 'repository', 'repositories')} · {open.toLocaleString('en')} public
      {!org.may.includes('org.viewStorage') && ` · ${sized(sumOf(rows))} used`}
      {settings && (
        <>
          {' '}
          ·{' '}
          <LinkTo to="/organizations/$org/settings/security" params={{ org: org.name }}>
            {visibilityWords[settings.repoVisibility]}
          </LinkTo>
        </>
      )}
    </>
  )
}

function sumOf(rows: { storage: number }[]): number {
  return rows.reduce((sum, { storage }) => sum + storage, 0)
}

function ByGroup({ org, rows }: { org: Org; rows: Row[] }) {
  const { data } = useMaybe(
    groups.listGroupSummaries,
    org.may.includes('group.list') ? { params: { org: org.name } } : undefined,
  )
  if (!data || data.length === 0) return null
  const total = sumOf(rows)
  const grouped = data.map(({ name, numRepos, storage }) => ({
    key: name,
    label: (
      <LinkTo to="/organizations/$org/settings/resource-groups/$group" params={{ org: org.name, group: name }}>
        {name}
      </LinkTo>
    ),
    about: counted(numRepos, 'repository', 'repositories'),
    bytes: storage,
  }))
  const rest = rows.length - data.reduce((sum, { numRepos }) => sum + numRepos, 0)
  const others = {
    key: '',
    // Others may be in groups that only their members see
    label: org.may.includes('org.viewStorage') ? 'No resource group' : 'Other',
    about: counted(rest, 'repository', 'repositories'),
    bytes: total - sumOf(data),
  }
  const bars = [...grouped, ...(rest > 0 ? [others] : [])].toSorted((a, b) => b.bytes - a.bytes)
  return (
    <Block title="By resource group" wide>
      <Bars label={`Storage of ${org.name} by resource group`} bars={bars} total={total} />
    </Block>
  )
}
