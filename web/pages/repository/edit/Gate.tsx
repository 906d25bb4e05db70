import type { ReactNode } from 'react'
import { revisionAddress } from '../../../addresses.ts'
import { Empty } from '../../../pieces/Empty.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { ButtonTo } from '../../../pieces/LinkTo.tsx'
import { SignInFirst } from '../../../pieces/SignInFirst.tsx'
import { PageSkeleton } from '../../../pieces/Skeletons.tsx'
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
  const back = <ButtonTo to={revisionAddress(repository, 'tree', rev)}>See the files</ButtonTo>
  if (!repository.may('repo.write')) {
    return (
      <Empty title="You may read this, and not change it" action={back}>
        Changing files of {repository.id} takes a role with write, or a grant to write on it. Its admins give those.
      </Empty>
    )
  }
  if (error) return <ErrorNote error={error} />
  if (base === undefined) return <PageSkeleton />
  if (base === null) {
    return (
      <Empty title={`${shortRevision(rev)} is no branch`} action={back}>
        Tags and single commits stay as they are. Open the file on a branch to change it there.
      </Empty>
    )
  }
  return children(base)
}
