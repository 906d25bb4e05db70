import { Stack, Text } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { managedAccounts, sso } from '../../../api/index.ts'
import { usePathName } from '../../address-state.ts'
import { refresh, useChange } from '../../hub.ts'
import { takeBrowser } from '../../managed-sign-in.ts'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { sessionChanged } from '../../session.ts'
import { Door } from './Door.tsx'

/** Where the identity provider sends people back: hands on what it sent, and leads on to where they were. */
export function Page() {
  const org = usePathName('org')
  const { history } = useRouter()
  const query = useRef(window.location.search.slice(1))
  const complete = useChange(sso.completeSso, async ({ returnTo }) => {
    await refresh()
    history.replace(returnTo)
  })
  const enter = useChange(managedAccounts.completeManagedSignIn, async ({ returnTo }) => {
    await sessionChanged()
    history.replace(returnTo)
  })
  // Once: an answer counts once
  const isSent = useRef(false)
  useEffect(() => {
    if (isSent.current) return
    isSent.current = true
    const browser = takeBrowser(org)
    const given = { query: query.current }
    if (browser === undefined) complete.mutate({ params: { org }, body: given })
    else enter.mutate({ params: { org }, body: { ...given, browser } })
  }, [complete, enter, org])
  const error = complete.error ?? enter.error
  if (!error) return <Door title="Signing in…" state="Checking the answer of your identity provider." />
  return (
    <Door title="Could not sign in with SSO" state="">
      <Stack align="flex-start">
        <ErrorNote error={error} />
        <Text size="sm" c="dimmed">
          Nothing was changed.
        </Text>
        <ButtonTo to="/sso/$org" params={{ org }} variant="filled">
          Try again
        </ButtonTo>
      </Stack>
    </Door>
  )
}
