import { Button, NativeSelect, Text, UnstyledButton } from '@mantine/core'
import { IconDownload, IconUsers } from '@tabler/icons-react'
import { useMemo } from 'react'
import { z } from 'zod'
import { access } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { exportAddressOf } from '../../export-address.ts'
import type { Column } from '../../pieces/columns.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { ListPage } from '../../pieces/ListPage.tsx'
import { Named } from '../../pieces/Portrait.tsx'
import { RoleBadge } from '../../pieces/RoleBadge.tsx'
import { When } from '../../pieces/When.tsx'
import { repoPage } from '../../places.ts'
import { type Repository, useRepository } from '../../repository.ts'
import { accessSourceWords } from '../../words.ts'
import { type Asked, actions, type Holder, useHolders } from './access/holders.ts'
import { AccessPanel } from './access/Panel.tsx'
import { AccessSentence, Others, ServiceTokens } from './access/Sentence.tsx'

const Search = z.object({
  can: z.enum(['write', 'settings', 'collaborators', 'delete']),
  search: z.string(),
  person: z.string(),
})

/** Who has access to a repository: the people, with role and how, and for each the path by which they reach it. */
export function Page() {
  const repository = useRepository()
  if (!repository.may('access.whoCan'))
    return (
      <Empty title="You can’t see who has access" icon={<IconUsers size={28} />}>
        Only admins of the organization or of the repository’s resource group can see who has access.
      </Empty>
    )
  return <WhoHasAccess repository={repository} />
}

function WhoHasAccess({ repository }: { repository: Repository }) {
  const [{ can = 'read', search, person }, setAddress] = useAddressState(Search)
  const { namespace: org, type, id } = repository
  const repo = `${type}s/${id}`
  const list = useHolders({ org, repo, asked: can, search })
  const columns = useMemo(() => columnsOf((user) => void setAddress({ person: user }, 'push')), [setAddress])
  return (
    <ListPage
      head={{ title: 'Who has access', of: id, state: <AccessSentence org={org} repo={repo} />, guide: 'access' }}
      things="people"
      label={`People with access to ${id}`}
      search={{ label: 'Search by name', value: search, onChange: (words) => void setAddress({ search: words }) }}
      filters={
        <>
          <NativeSelect
            aria-label="Action"
            w={190}
            data={Object.entries(actions).map(([value, { label }]) => ({ value, label }))}
            value={can}
            onChange={({ currentTarget: { value } }) =>
              void setAddress({ can: value === 'read' ? undefined : (value as Exclude<Asked, 'read'>) })
            }
          />
          <Button
            component="a"
            href={exportAddressOf(access.exportWhoCan, org, { repo, action: actions[can].action })}
            download
            leftSection={<IconDownload size={15} aria-hidden />}
          >
            Download CSV
          </Button>
        </>
      }
      onClear={search ? () => void setAddress({ search: undefined }) : undefined}
      columns={columns}
      list={list}
      rowKey={({ _id }) => _id}
      openKey={list.rows.find(({ user }) => user === person)?._id}
      heights={{ row: 57, card: 132 }}
      empty={{
        title: 'No people have this access',
        icon: <IconUsers size={28} />,
        children: (
          <>
            People get access through their role, a resource group, or as collaborators. Add a collaborator in the{' '}
            <LinkTo {...repoPage(repository, '/settings')}>repository settings</LinkTo>.
          </>
        ),
      }}
    >
      <ServiceTokens org={org} repo={repo} asked={can} />
      <Others org={org} repo={repo} />
      <AccessPanel
        org={org}
        repo={repo}
        user={person}
        action={actions[can]}
        onClose={() => void setAddress({ person: undefined })}
      />
    </ListPage>
  )
}

function columnsOf(onOpen: (user: string) => void): Column<Holder>[] {
  return [
    {
      id: 'person',
      header: 'Person',
      card: 'title',
      cell: ({ user, fullname }) => (
        <UnstyledButton onClick={() => onOpen(user)} maw="100%" display="block">
          <Named name={user} fullname={fullname} />
        </UnstyledButton>
      ),
    },
    {
      id: 'role',
      header: 'Role',
      width: '130px',
      card: 'aside',
      cell: ({ grounds }) => {
        const role = grounds.find((ground) => ground.role !== undefined)?.role
        return role ? <RoleBadge role={role} /> : null
      },
    },
    {
      id: 'how',
      header: 'How',
      cell: ({ grounds }) => <Text size="sm">{[...new Set(grounds.map(accessSourceWords))].join(' · ')}</Text>,
    },
    {
      id: 'since',
      header: 'Since',
      width: '140px',
      cell: ({ grounds }) => {
        const since = earliest(grounds)
        return (
          <Text size="sm" c="dimmed">
            {since ? <When time={since} /> : '–'}
          </Text>
        )
      },
    },
  ]
}

function earliest(grounds: access.Ground[]): string | undefined {
  return grounds.flatMap(({ since }) => since ?? []).toSorted()[0]
}
