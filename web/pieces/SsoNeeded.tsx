import { Button, List, Stack, Text } from '@mantine/core'
import { ApiError, sso } from '../../api/index.ts'
import { useChange } from '../hub.ts'
import { ErrorNote } from './ErrorNote.tsx'
import { LinkTo } from './LinkTo.tsx'

/** The organization whose SSO a refusal asks for, from the address at its end; undefined for other refusals. */
export function organizationThatNeedsSso(error: unknown): string | undefined {
  return error instanceof ApiError && error.code === 'SsoRequired' ? organizationAtEnd(error.message) : undefined
}

/** The organization whose invite link is refused because people join it with SSO; undefined for other refusals. */
export function organizationWithSso(error: unknown): string | undefined {
  return error instanceof ApiError && error.status === 409 ? organizationAtEnd(error.message) : undefined
}

function organizationAtEnd(message: string): string | undefined {
  const [, name] = message.match(/\/sso\/([^/\s]+)$/) ?? []
  return name && decodeURIComponent(name)
}

interface ButtonProps {
  organization: string
  returnTo?: string
  /** Its size where it stands beside others, and is not the one thing to do. */
  quiet?: 'xs' | 'sm'
}

/** Goes to the identity provider, and afterwards back to a path here: this page unless another is given. */
export function SsoButton({ organization, returnTo, quiet }: ButtonProps) {
  const begin = useChange(sso.beginSso, ({ location }) => window.location.assign(location))
  const body = { returnTo: returnTo ?? window.location.pathname + window.location.search }
  return (
    <>
      <ErrorNote error={begin.error} />
      <Button
        {...(quiet ? { size: quiet } : { variant: 'filled' })}
        loading={begin.isPending || begin.isSuccess}
        onClick={() => begin.mutate({ params: { org: organization }, body })}
      >
        Sign in with SSO
      </Button>
    </>
  )
}

/** Explains that an organization enforces SSO, with the one button that brings the person back to where they are. */
export function SsoNeeded({ organization }: { organization: string }) {
  return (
    <Stack align="flex-start">
      <Text>{organization} requires single sign-on (SSO). You have no SSO session in this browser.</Text>
      <List size="sm" spacing={4} c="dimmed">
        <List.Item>You’re still a member. You keep your role, resource groups, and repositories.</List.Item>
        <List.Item>Your access tokens work again as soon as you sign in.</List.Item>
      </List>
      <SsoButton organization={organization} />
      <Text size="sm" c="dimmed">
        Can’t sign in?{' '}
        <LinkTo to="/sso/$org" params={{ org: organization }}>
          See other options
        </LinkTo>
      </Text>
    </Stack>
  )
}
