import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { sso } from '../../../api/index.ts'
import { usePathName } from '../../address-state.ts'
import { useChange, useReply } from '../../hub.ts'
import { Form } from '../../pieces/Form.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { ManagedSignIn } from '../../pieces/ManagedSignIn.tsx'
import { SignInFirst } from '../../pieces/SignInFirst.tsx'
import { SsoButton } from '../../pieces/SsoNeeded.tsx'
import { sayMoment } from '../../pieces/When.tsx'
import { useAccount } from '../../session.ts'
import { Door } from './Door.tsx'

/** Where people sign in to an organization with SSO, and join it by that. */
export function Page() {
  const account = useAccount()
  const entrance = useReply(sso.getSsoEntrance, { params: { org: usePathName('org') } })
  if (!account && !entrance.managed) return <SignInFirst />
  if (!account) return <Managed entrance={entrance} />
  return <Entrance entrance={entrance} />
}

// Managed accounts have no other way in, so no one has to be signed in first.
function Managed({ entrance: { organization, fullname } }: { entrance: sso.SsoEntrance }) {
  const name = fullname || organization
  return (
    <Door title={`Sign in to ${name}`} state={`${name} manages your account. Sign in with its identity provider.`}>
      <Stack align="flex-start">
        <ManagedSignIn organization={organization} returnTo={`/${organization}`} />
        <LinkTo to="/login" next={`/sso/${organization}`} size="sm">
          Sign in to an account of your own
        </LinkTo>
      </Stack>
    </Door>
  )
}

function Entrance({ entrance }: { entrance: sso.SsoEntrance }) {
  const { organization, fullname, mode, isMember, sessionUntil, breakGlassUntil, canBreakGlass } = entrance
  const name = fullname || organization
  if (mode === 'off')
    return (
      <Door title={name} state="This organization doesn’t use single sign-on (SSO).">
        <ToOrganization name={organization} />
      </Door>
    )
  if (sessionUntil !== null) return <SignedIn organization={organization} name={name} until={sessionUntil} />
  return (
    <Door title={isMember ? `Sign in to ${name}` : `Join ${name}`} state={stateOf(entrance)}>
      <Stack align="flex-start">
        {breakGlassUntil !== null && <Repair organization={organization} until={breakGlassUntil} />}
        <SsoButton
          organization={organization}
          returnTo={`/${organization}`}
          {...(breakGlassUntil !== null && { quiet: 'sm' as const })}
        />
        {canBreakGlass && breakGlassUntil === null && <BreakGlass entrance={entrance} />}
      </Stack>
    </Door>
  )
}

function SignedIn({ organization, name, until }: { organization: string; name: string; until: string }) {
  return (
    <Door title={`You’re signed in to ${name}`} state={`Your SSO session ends ${sayMoment(until)}.`}>
      <Group>
        <ButtonTo to="/$name" params={{ name: organization }} variant="filled">
          View {organization}
        </ButtonTo>
        <SsoButton organization={organization} returnTo={`/${organization}`} quiet="sm" />
      </Group>
    </Door>
  )
}

function stateOf({ isMember, mode }: sso.SsoEntrance): string {
  if (!isMember) return 'Sign in with your organization’s identity provider to become a member.'
  return mode === 'enforced'
    ? 'You need single sign-on (SSO) to use your role here.'
    : 'Single sign-on (SSO) is optional here.'
}

function ToOrganization({ name }: { name: string }) {
  return (
    <ButtonTo to="/$name" params={{ name }}>
      View {name}
    </ButtonTo>
  )
}

function Repair({ organization, until }: { organization: string; until: string }) {
  return (
    <>
      <Text size="sm">
        You got in without SSO, until {sayMoment(until)}. You can use the pages for SSO, SCIM, members, and the audit
        log.
      </Text>
      <ButtonTo to="/organizations/$org/settings/sso" params={{ org: organization }} variant="filled">
        Open SSO settings
      </ButtonTo>
    </>
  )
}

function BreakGlass({ entrance: { organization, needsCode } }: { entrance: sso.SsoEntrance }) {
  const [code, setCode] = useState('')
  const open = useChange(sso.breakGlass)
  const body = needsCode ? { code } : {}
  return (
    <section aria-label="Get in without SSO">
      <Form
        label="Get in without SSO"
        onSubmit={() => open.mutate({ params: { org: organization }, body })}
        rest={open.error}
      >
        <Text size="sm" c="dimmed">
          If the identity provider is down, you can get in for 60 minutes to repair SSO. All admins get an email.
        </Text>
        {needsCode && (
          <TextInput
            label="One-time code"
            value={code}
            onChange={({ currentTarget }) => setCode(currentTarget.value)}
            autoComplete="off"
            required
          />
        )}
        <Group>
          <Button type="submit" loading={open.isPending}>
            Get in without SSO
          </Button>
        </Group>
      </Form>
    </section>
  )
}
