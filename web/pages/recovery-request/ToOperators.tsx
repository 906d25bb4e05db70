import { GoTo } from '../../pieces/GoTo.tsx'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'

/** Leads an operator who is not a member to the recovery request among those of all organizations. */
export function ToOperators({ recoveryRequest }: { recoveryRequest: string }) {
  return (
    <>
      <GoTo to="/operator/recovery" search={{ recoveryRequest }} />
      <PageSkeleton />
    </>
  )
}
