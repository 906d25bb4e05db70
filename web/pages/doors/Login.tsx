import { Anchor, Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ApiError, users } from '../../../api/index.ts'
import { useApiForm } from '../../form.ts'
import { ApiForm, PasswordField } from '../../pieces/Form.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { sessionChanged, useInstance } from '../../session.ts'
import { DemoAccounts } from './DemoAccounts.tsx'
import { Door, GoOn, useNext } from './Door.tsx'

/** Signing in: name and password, and where 2FA is on a code. */
export function Page() {
  const { account, demo } = useInstance()
  const next = useNext()
  const [asksCode, setAsksCode] = useState(false)
  const form = useSignIn(() => setAsksCode(true))
  if (account) return <GoOn to={next} />
  const back = () => {
    setAsksCode(false)
    form.set({ code: '' })
    form.change.reset()
  }
  const choose = (given: { username: string; password: string }) => {
    form.set(given)
    form.change.mutate({ body: given }, { onError: (error) => isCodeWanted(error) && setAsksCode(true) })
  }
  if (asksCode) return <CodeStep form={form} onBack={back} />
  return (
    <Door title="Sign in" state={purposeOf(next)}>
      {demo && <DemoAccounts demo={demo} busy={form.change.isPending} onChoose={choose} />}
      <PasswordStep form={form} next={next} />
    </Door>
  )
}

// Some addresses say nothing to a reader.
function purposeOf(next: string): string | undefined {
  const path = next.split(/[?#]/)[0] ?? ''
  const [, door, name] = path.split('/')
  if (path === '/') return undefined
  if (door === 'recover') return 'Sign in to view a recovery request.'
  if (door === 'device') return 'Sign in to authorize a device.'
  if (door === 'sso' && name) return `Sign in to continue with single sign-on for ${name}.`
  return `Sign in to continue to ${path}.`
}

function useSignIn(onCodeWanted: () => void) {
  return useApiForm(users.signIn, {
    start: { username: '', password: '', code: '' },
    input: ({ username, password, code }) => ({
      body: { username: username.trim(), password, ...(code.trim() && { code: code.trim() }) },
    }),
    after: sessionChanged,
    refused: (error) => isCodeWanted(error) && onCodeWanted(),
  })
}

interface Step {
  form: ReturnType<typeof useSignIn>
}

function isCodeWanted(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'TwoFactorCodeRequired'
}

function PasswordStep({ form, next }: Step & { next: string }) {
  const { signUp, demo } = useInstance()
  return (
    <ApiForm of={form} label="Sign in">
      <TextInput
        label="Username or email address"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        required
        autoFocus={demo === null}
        {...form.field('username')}
      />
      <PasswordField label="Password" autoComplete="current-password" {...form.field('password')} />
      <Button type="submit" variant="filled" loading={form.change.isPending}>
        Sign in
      </Button>
      <Group justify="space-between" gap="xs">
        <LinkTo to="/password-reset" size="sm">
          Forgot password?
        </LinkTo>
        {signUp === 'open' && (
          <LinkTo to="/signup" next={next} size="sm">
            Sign up
          </LinkTo>
        )}
      </Group>
    </ApiForm>
  )
}

function CodeStep({ form, onBack }: Step & { onBack: () => void }) {
  const [recovery, setRecovery] = useState(false)
  const { error } = form.change
  const wrong = error instanceof ApiError && error.code === 'BadCredentials' ? error.message : undefined
  const rest = wrong !== undefined || isCodeWanted(error) ? undefined : form.rest
  const other = () => {
    form.set({ code: '' })
    form.change.reset()
    setRecovery(!recovery)
  }
  return (
    <Door
      title="Two-factor authentication"
      state={`Enter an authentication code to sign in as ${form.values.username.trim()}.`}
    >
      <ApiForm of={{ ...form, rest }} label="Authentication code">
        <TextInput
          key={String(recovery)}
          label={recovery ? 'Recovery code' : 'Authentication code'}
          description={
            recovery
              ? 'You saved these when you turned on 2FA. Each works once.'
              : 'The 6-digit code from your authenticator app.'
          }
          inputMode={recovery ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          maxLength={64}
          spellCheck={false}
          required
          autoFocus
          {...form.field('code')}
          error={wrong ?? form.field('code').error}
        />
        <Button type="submit" variant="filled" loading={form.change.isPending}>
          Sign in
        </Button>
        <Group justify="space-between" gap="xs">
          <Anchor component="button" type="button" size="sm" onClick={other}>
            {recovery ? 'Use your authenticator app' : 'Use a recovery code'}
          </Anchor>
          <Anchor component="button" type="button" size="sm" onClick={onBack}>
            Back
          </Anchor>
        </Group>
      </ApiForm>
    </Door>
  )
}
