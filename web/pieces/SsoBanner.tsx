import { Alert, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Org } from '../organization.ts'
import { LinkTo } from './LinkTo.tsx'
import { SsoButton } from './SsoNeeded.tsx'
import { sayMoment } from './When.tsx'

/** Says that one can sign in with SSO where it is optional, and that a break-glass session is under way. */
export function SsoBanner({ org: { name, sso } }: { org: Org }) {
  if (sso?.breakGlassUntil)
    return (
      <Banner color="orange" label="Break-glass session">
        <Stack gap={2}>
          <Text size="sm" fw={600}>
            Break-glass session until {sayMoment(sso.breakGlassUntil)}
          </Text>
          <Text size="sm">
            You got in without single sign-on (SSO). You can use the pages for SSO, SCIM, members, and the audit log.
            Everything else needs SSO. All admins got an email.
          </Text>
        </Stack>
        <LinkTo size="sm" to="/sso/$org" params={{ org: name }}>
          Sign in with SSO
        </LinkTo>
      </Banner>
    )
  if (sso?.mode !== 'optional' || sso.isSignedIn) return null
  return (
    <Banner color="hall" label="Single sign-on">
      <Text size="sm">
        {name} uses single sign-on (SSO). It is optional. Signing in updates your role and resource groups.
      </Text>
      <SsoButton organization={name} quiet="xs" />
    </Banner>
  )
}

function Banner({ color, label, children }: { color: string; label: string; children: ReactNode }) {
  return (
    <Alert variant="light" color={color} mb="lg" py="xs" data-print="none" role="status" aria-label={label}>
      <Group justify="space-between" gap="sm">
        {children}
      </Group>
    </Alert>
  )
}
