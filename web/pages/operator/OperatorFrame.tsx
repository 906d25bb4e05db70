import { useEffect } from 'react'
import { goToSignIn } from '../../hub.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { SettingsLayout } from '../../pieces/SettingsLayout.tsx'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'
import { operatorSections } from '../../sections.ts'
import { useAccount } from '../../session.ts'

/** The frame around the pages of site admins. */
export function Page() {
  const account = useAccount()
  useEffect(() => {
    if (!account) goToSignIn()
  }, [account])
  if (!account) return <PageSkeleton />
  if (!account.isOperator) {
    return (
      <Empty title="For operators" action={<ButtonTo to="/">Go to the first page</ButtonTo>}>
        These pages are for those who run this installation. An operator can make you one, on the page of its people.
      </Empty>
    )
  }
  return <SettingsLayout context={{ kind: 'operator' }} base="/operator" groups={operatorSections} />
}
