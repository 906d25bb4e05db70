import { useEffect } from 'react'
import { goToSignIn } from '../../hub.ts'
import { useInvitationCount } from '../../notifications.ts'
import { SettingsLayout } from '../../pieces/SettingsLayout.tsx'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'
import { accountSections } from '../../sections.ts'
import { useAccount } from '../../session.ts'

/** The frame around your own settings; strangers sign in first. */
export function Page() {
  const account = useAccount()
  useEffect(() => {
    if (!account) goToSignIn()
  }, [account])
  const invitations = useInvitationCount()
  if (!account) return <PageSkeleton />
  return <SettingsLayout context={{ kind: 'you' }} groups={accountSections} counts={{ invitations }} />
}
