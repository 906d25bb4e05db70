import { Stack } from '@mantine/core'
import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { usePathName } from '../address-state.ts'
import { usePathHere } from '../go.ts'
import { GoToRenamed } from '../pieces/GoTo.tsx'
import { PageSkeleton } from '../pieces/Skeletons.tsx'
import { TabLinks } from '../pieces/TabLinks.tsx'
import { folderPage, historyPage, repoPage } from '../places.ts'
import { mainBranch, type Repository, RepositoryProvider, useRepositoryOfAddress, useRevision } from '../repository.ts'
import { RepositoryHead } from './repository/Head.tsx'

/** What surrounds every page of a repository: whose it is, who may read it, and the ways into it. */
export function Page() {
  const repository = useRepositoryOfAddress()
  const asked = [usePathName('name'), usePathName('repo')].join('/')
  // A name that was given up, or is spelt otherwise, leads to the one it has now.
  if (asked !== repository.id) return <GoToRenamed names={{ name: repository.namespace, repo: repository.name }} />
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

const settingsActions = [
  'repo.updateSettings',
  'repo.move',
  'repo.delete',
  'collaborator.set',
  'collaborator.remove',
  'access.whoCan',
]

const fileParts: ReadonlySet<string> = new Set(['tree', 'blob', 'edit', 'new', 'upload', 'branches'])

function Tabs({ repository }: { repository: Repository }) {
  const { rev } = useRevision()
  const [part = ''] = usePathHere().split('/$repo/').slice(1).join('').split('/')
  // From a commit the ways lead on to the branch; elsewhere they keep the revision.
  const shown = part === 'commit' ? mainBranch : rev
  const tabs = [
    { label: 'Card', page: repoPage(repository), isHere: part === '' },
    { label: 'Files', page: folderPage(repository, 'tree', shown), isHere: fileParts.has(part) },
    { label: 'History', page: historyPage(repository, shown), isHere: part === 'commits' || part === 'commit' },
    ...(settingsActions.some(repository.may)
      ? [{ label: 'Settings', page: repoPage(repository, '/settings'), isHere: part === 'settings' }]
      : []),
  ]
  return <TabLinks label="Repository" tabs={tabs} />
}
