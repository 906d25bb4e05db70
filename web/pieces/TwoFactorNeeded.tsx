import { Alert, type ButtonProps, List, Stack, Text } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { ApiError } from '../../api/index.ts'
import { useAccount } from '../session.ts'
import { ButtonTo, LinkTo } from './LinkTo.tsx'

/** Whether a refusal says that the organization requires 2FA. */
export function isTwoFactorNeeded(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'TwoFactorRequired'
}

// Read once: while the next page is on its way, the address is already the new one.
function useHere(): string {
  return useState(() => location.pathname + location.search)[0]
}

/** Leads to where 2FA is turned on, and from there back to this page. */
export function TurnOnTwoFactor(look: ButtonProps) {
  const here = useHere()
  return (
    <ButtonTo to="/settings/authentication" next={here} {...look}>
      Turn on 2FA
    </ButtonTo>
  )
}

/** The same inside a sentence. */
export function TurnOnTwoFactorLink() {
  const here = useHere()
  return (
    <LinkTo to="/settings/authentication" next={here}>
      Turn on 2FA
    </LinkTo>
  )
}

/** Explains that an organization requires 2FA, and how to regain access. */
export function TwoFactorNeeded({ organization }: { organization?: string }) {
  const isOn = useAccount()?.twoFactorEnabled ?? false
  const who = organization ?? 'This organization'
  if (isOn) return <Text>2FA is on. Reload the page to continue.</Text>
  return (
    <Stack align="flex-start">
      <Text>{who} requires two-factor authentication (2FA), which you haven’t turned on yet.</Text>
      <List size="sm" spacing={4} c="dimmed">
        <List.Item>You’re still a member. You keep your role, resource groups, and repositories.</List.Item>
        <List.Item>You regain access as soon as you turn it on. You need an authenticator app.</List.Item>
        <List.Item>Your access tokens work again, too.</List.Item>
      </List>
      <TurnOnTwoFactor variant="filled" />
    </Stack>
  )
}

/** A note that 2FA is missing, on a page that has more to show; `plain` where turning it on is right here. */
export function TwoFactorNote({ children, plain = false }: { children: ReactNode; plain?: boolean }) {
  return (
    <Alert variant="light" mb="md" icon={<IconShieldLock aria-hidden />}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{children}</Text>
        {!plain && <TurnOnTwoFactor size="xs" />}
      </Stack>
    </Alert>
  )
}
