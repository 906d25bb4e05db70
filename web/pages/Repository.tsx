import { Stack } from '@mantine/core'
import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { gated } from '../../api/index.ts'
import { usePathName } from '../address-state.ts'
import { usePathHere } from '../go.ts'
import { useMaybe } from '../hub.ts'
import { GoToRenamed } from '../pieces/GoTo.tsx'
import { PageSkeleton } from '../pieces/Skeletons.tsx'
import { TabLinks } from '../pieces/TabLinks.tsx'
import { accessRequestsPage, folderPage, historyPage, repoPage } from '../places.ts'
import {
  mainBranch,
  mayOpenSettings,
  type Repository,
  RepositoryProvider,
  useRepositoryOfAddress,
  useRevision,
} from '../repository.ts'
import { GatedPages } from './repository/gate/GatedPages.tsx'
import { RepositoryHead } from './repository/Head.tsx'

/** What surrounds every page of a repository: whose it is, who may read it, and the ways into it. */
export function Page() {
  const repository = useRepositoryOfAddress()
  const part = usePart()
  const asked = [usePathName('name'), usePathName('repo')].join('/')
  // A name that was given up, or is spelt otherwise, leads to the one it has now.
  if (asked !== repository.id) return <GoToRenamed names={{ name: repository.namespace, repo: repository.name }} />
  return (
    <RepositoryProvider value={repository}>
      <Stack gap="lg">
        <div>
          <RepositoryHead repository={repository} />
          <Tabs repository={repository} part={part} />
        </div>
        <Suspense fallback={<PageSkeleton />}>
          {repository.row.gated ? <GatedPages part={part} /> : <Outlet />}
        </Suspense>
      </Stack>
    </RepositoryProvider>
  )
}

const fileParts: ReadonlySet<string> = new Set(['tree', 'blob', 'edit', 'new', 'upload', 'branches'])

// What stands behind the name of the repository: `tree`, `settings`, or nothing for the card.
function usePart(): string {
  const [part = ''] = usePathHere().split('/$repo/').slice(1).join('').split('/')
  return part
}

function Tabs({ repository, part }: { repository: Repository; part: string }) {
  const { rev } = useRevision()
  const page = usePathHere()
  const pending = usePendingRequests(repository)
  const isReview = page.endsWith('/access-requests')
  // From a commit the ways lead on to the branch; elsewhere they keep the revision.
  const shown = part === 'commit' ? mainBranch : rev
  const tabs = [
    { label: 'Card', page: repoPage(repository), isHere: part === '' },
    { label: 'Files', page: folderPage(repository, 'tree', shown), isHere: fileParts.has(part) },
    { label: 'History', page: historyPage(repository, shown), isHere: part === 'commits' || part === 'commit' },
    ...(repository.row.gated && repository.may('gate.review')
      ? [{ label: 'Access requests', count: pending, page: accessRequestsPage(repository), isHere: isReview }]
      : []),
    ...(mayOpenSettings(repository)
      ? [{ label: 'Settings', page: repoPage(repository, '/settings'), isHere: part === 'settings' && !isReview }]
      : []),
  ]
  return <TabLinks label="Repository" tabs={tabs} />
}

/** How many people wait for an answer of those who review access requests. */
function usePendingRequests({ row, params, may }: Repository): number {
  const reviews = row.gated && may('gate.review')
  const { data } = useMaybe(gated.getGate, reviews ? { params } : undefined)
  return data?.counts?.pending ?? 0
}
