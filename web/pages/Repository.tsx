import { Stack } from '@mantine/core'
import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { usePagePath } from '../address-state.ts'
import { repoAddress, repoPartAddress, revisionAddress } from '../addresses.ts'
import { GoTo } from '../pieces/GoTo.tsx'
import { PageSkeleton } from '../pieces/Skeletons.tsx'
import { TabLinks } from '../pieces/TabLinks.tsx'
import { mainBranch, type Repository, RepositoryProvider, useRepositoryOfAddress, useRevision } from '../repository.ts'
import { RepositoryHead } from './repository/Head.tsx'

/** What surrounds every page of a repository: whose it is, who may read it, and the ways into it. */
export function Page() {
  const repository = useRepositoryOfAddress()
  const moved = addressNow(repository, usePagePath())
  // A name that was given up, or is spelt otherwise, leads to the one it has now.
  if (moved !== undefined) return <GoTo to={moved} />
  return (
    <RepositoryProvider value={repository}>
      <Stack gap="lg">
        <div>
          <RepositoryHead repository={repository} />
          <Tabs repository={repository} />
        </div>
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </Stack>
    </RepositoryProvider>
  )
}

function addressNow({ type, id }: Repository, pathname: string): string | undefined {
  const depth = type === 'model' ? 3 : 4
  const parts = pathname.split('/')
  const [asked, base] = [parts.slice(0, depth).join('/'), repoAddress(type, id)]
  return asked === base ? undefined : [base, ...parts.slice(depth)].join('/')
}

const settingsActions = [
  'repo.updateSettings',
  'repo.move',
  'repo.delete',
  'collaborator.set',
  'collaborator.remove',
  'access.whoCan',
]

function Tabs({ repository }: { repository: Repository }) {
  const { rev } = useRevision()
  const base = repoAddress(repository.type, repository.id)
  const at = (...parts: string[]) => parts.map((part) => `${base}/${part}/`)
  // From a commit the ways lead on to the branch; elsewhere they keep the revision.
  const shown = usePagePath().startsWith(`${base}/commit/`) ? mainBranch : rev
  const tabs = [
    { label: 'Card', to: base },
    {
      label: 'Files',
      to: revisionAddress(repository, 'tree', shown),
      also: at('tree', 'blob', 'edit', 'new', 'upload', 'branches'),
    },
    { label: 'History', to: revisionAddress(repository, 'commits', shown), also: at('commits', 'commit') },
    ...(settingsActions.some(repository.may)
      ? [{ label: 'Settings', to: repoPartAddress(repository, 'settings'), also: at('settings') }]
      : []),
  ]
  return <TabLinks label="Repository" tabs={tabs} />
}
