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
      <Empty title="For site admins" action={<ButtonTo to="/">Go to home page</ButtonTo>}>
        Only site admins can manage this instance.
      </Empty>
    )
  }
  return <SettingsLayout context={{ kind: 'operator' }} groups={operatorSections} />
}
