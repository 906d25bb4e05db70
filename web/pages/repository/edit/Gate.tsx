import type { ReactNode } from 'react'
import { Empty } from '../../../pieces/Empty.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { ButtonTo } from '../../../pieces/LinkTo.tsx'
import { SignInFirst } from '../../../pieces/SignInFirst.tsx'
import { PageSkeleton } from '../../../pieces/Skeletons.tsx'
import { folderPage } from '../../../places.ts'
import { useRepository } from '../../../repository.ts'
import { useAccount } from '../../../session.ts'
import { shortRevision } from '../paths.ts'
import { type Base, useBase } from './base.ts'

/** Lets those to a page that commits who may commit, and only where a branch is open. */
export function Gate({ rev, children }: { rev: string; children: (base: Base) => ReactNode }) {
  const repository = useRepository()
  const account = useAccount()
  const { base, error } = useBase(rev)
  if (account === null) return <SignInFirst />
  const back = <ButtonTo {...folderPage(repository, 'tree', rev)}>View files</ButtonTo>
  if (!repository.may('repo.write')) {
    return (
      <Empty title="You can’t change this repository" action={back}>
        You need the write role or write access to {repository.id}. Ask one of its admins.
      </Empty>
    )
  }
  if (error) return <ErrorNote error={error} />
  if (base === undefined) return <PageSkeleton />
  if (base === null) {
    return (
      <Empty title={`${shortRevision(rev)} isn’t a branch`} action={back}>
        You can only change files on a branch. Open the file on a branch to edit it.
      </Empty>
    )
  }
  return children(base)
}
