import { Button, Center, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ApiError } from '../../api/index.ts'
import { queryClient } from '../hub.ts'
import { isMissingPart, isOutdated, newVersion, ReloadButton } from '../new-version.tsx'
import { useAccount } from '../session.ts'
import { sentenceOf } from './ErrorNote.tsx'
import { ButtonTo } from './LinkTo.tsx'
import { organizationThatNeedsSso, SsoNeeded } from './SsoNeeded.tsx'
import { isTwoFactorNeeded, TwoFactorNeeded } from './TwoFactorNeeded.tsx'

/** The page for an address that leads nowhere. */
export function NotFound() {
  return (
    <Notice title="Page not found">
      <Text c="dimmed">
        The address may be wrong, the page may have been deleted, or you may not have access to it.
      </Text>
      <SignInOrHome />
    </Notice>
  )
}

/** Asks visitors to sign in, both for what is missing and for what is private; signed-in users are told. */
function NotSignedIn() {
  if (!useAccount()) return <NotFound />
  return (
    <Notice title="You’re signed out">
      <Text c="dimmed">Your session has ended. Sign in to continue.</Text>
      <SignIn />
    </Notice>
  )
}

function SignInOrHome() {
  const account = useAccount()
  return (
    <Group>
      {!account && <SignIn />}
      <ButtonTo to="/">Go to home page</ButtonTo>
    </Group>
  )
}

function SignIn() {
  return (
    <ButtonTo to="/login" next={location.pathname + location.search} variant="filled">
      Sign in
    </ButtonTo>
  )
}

/** The page in place of those for which an organization requires SSO. */
export function SsoWall({ organization }: { organization: string }) {
  return (
    <Notice title="Single sign-on required">
      <SsoNeeded organization={organization} />
    </Notice>
  )
}

/** The page in place of one that the server refused, or that broke. */
export function Refused({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  if (error instanceof ApiError && error.status === 404) return <NotFound />
  if (error instanceof ApiError && error.status === 401) return <NotSignedIn />
  if (isTwoFactorNeeded(error)) {
    return (
      <Notice title="Two-factor authentication required">
        <TwoFactorNeeded />
      </Notice>
    )
  }
  const organization = organizationThatNeedsSso(error)
  if (organization !== undefined) return <SsoWall organization={organization} />
  const retry = async () => {
    await queryClient.resetQueries({ predicate: ({ state }) => state.status === 'error' })
    reset()
    await router.invalidate()
  }
  if (isMissingPart(error)) return <MissingPart error={error} retry={retry} />
  return <Broken error={error} retry={retry} />
}

interface Failed {
  error: unknown
  retry: () => Promise<void>
}

// After an upgrade the server no longer has the parts of the pages that are open.
function MissingPart({ error, retry }: Failed) {
  const { data } = useQuery({ queryKey: ['outdated'], queryFn: isOutdated, gcTime: 0, retry: false })
  if (data === undefined) return null
  if (!data) return <Broken error={error} retry={retry} />
  return (
    <Notice title={newVersion}>
      <Text c="dimmed">Reload this page to continue.</Text>
      <ReloadButton />
    </Notice>
  )
}

function Broken({ error, retry }: Failed) {
  // The same request would be refused again.
  const isRefused = error instanceof ApiError && error.status === 403
  return (
    <Notice title={titleOf(error)}>
      <Text c="dimmed">{sentenceOf(error)}</Text>
      {error instanceof ApiError && error.requestId && (
        <Text size="xs" c="dimmed" className="mono">
          Request {error.requestId}
        </Text>
      )}
      <Group>
        {!isRefused && (
          <Button variant="filled" onClick={retry}>
            Try again
          </Button>
        )}
        <ButtonTo to="/">Go to home page</ButtonTo>
      </Group>
    </Notice>
  )
}

function titleOf(error: unknown): string {
  if (!(error instanceof ApiError)) return 'This page can’t be shown'
  if (error.status === 402) return 'Not part of this plan'
  if (error.status === 403) return 'You don’t have access'
  return error.status === 503 ? 'Guildhall is busy or unavailable' : 'This page can’t be shown'
}

function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Center py={80}>
      <Stack maw={520} align="flex-start">
        <Title order={1}>{title}</Title>
        {children}
      </Stack>
    </Center>
  )
}
