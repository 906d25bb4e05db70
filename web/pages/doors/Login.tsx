import { Anchor, Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ApiError, users } from '../../../api/index.ts'
import { useFields } from '../../form.ts'
import { useChange } from '../../hub.ts'
import { Form, PasswordField } from '../../pieces/Form.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { sessionChanged, useInstance } from '../../session.ts'
import { DemoAccounts } from './DemoAccounts.tsx'
import { Door, GoOn, useNext } from './Door.tsx'

/** Signing in: name and password, and where 2FA is on a code. */
export function Page() {
  const { account, name, demo } = useInstance()
  const next = useNext()
  const [credentials, setCredentials] = useState<Credentials>()
  const signIn = useChange(users.signIn, sessionChanged)
  if (account) return <GoOn to={next} />
  const submit = (given: Credentials) =>
    signIn.mutate({ body: given }, { onError: (error) => isCodeWanted(error) && setCredentials(given) })
  const step = { onSubmit: submit, error: isCodeWanted(signIn.error) ? null : signIn.error, busy: signIn.isPending }
  const back = () => {
    setCredentials(undefined)
    signIn.reset()
  }
  if (credentials) return <CodeStep {...step} credentials={credentials} onBack={back} />
  return (
    <Door
      title="Sign in"
      state={next === '/' ? `To ${name}.` : `To ${name}; then you come to ${next.split(/[?#]/)[0]}.`}
    >
      {demo && <DemoAccounts demo={demo} busy={signIn.isPending} onChoose={submit} />}
      <PasswordStep {...step} next={next} />
    </Door>
  )
}

interface Credentials {
  username: string
  password: string
  code?: string
}

interface Step {
  onSubmit: (given: Credentials) => void
  error: unknown
  busy: boolean
}

function isCodeWanted(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'TwoFactorCodeRequired'
}

function PasswordStep({ onSubmit, error, busy, next }: Step & { next: string }) {
  const { signUp, demo } = useInstance()
  const { values, field, rest } = useFields({ username: '', password: '' }, error)
  return (
    <Form
      label="Sign in"
      error={error}
      rest={rest}
      onSubmit={() => onSubmit({ ...values, username: values.username.trim() })}
    >
      <TextInput
        label="User name or email address"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        required
        autoFocus={demo === null}
        {...field('username')}
      />
      <PasswordField label="Password" autoComplete="current-password" {...field('password')} />
      <Button type="submit" variant="filled" loading={busy}>
        Sign in
      </Button>
      <Group justify="space-between" gap="xs">
        <LinkTo to="/password-reset" size="sm">
          Forgot the password?
        </LinkTo>
        {signUp === 'open' && (
          <LinkTo to="/signup" next={next} size="sm">
            Sign up
          </LinkTo>
        )}
      </Group>
    </Form>
  )
}

function CodeStep({
  onSubmit,
  error,
  busy,
  credentials,
  onBack,
}: Step & { credentials: Credentials; onBack: () => void }) {
  const [recovery, setRecovery] = useState(false)
  const { values, set, field } = useFields({ code: '' })
  const wrong = error instanceof ApiError && error.code === 'BadCredentials' ? error.message : undefined
  const other = () => {
    set({ code: '' })
    setRecovery(!recovery)
  }
  return (
    <Door
      title="One more step"
      state={`Enter the code from your authenticator app to sign in as ${credentials.username}.`}
    >
      <Form
        label="Authentication code"
        error={error}
        rest={wrong ? undefined : error}
        onSubmit={() => onSubmit({ ...credentials, ...values })}
      >
        <TextInput
          key={String(recovery)}
          label={recovery ? 'Recovery code' : 'Code from your authenticator'}
          description={recovery ? 'One of those you kept when you turned it on. Each works once.' : 'Six digits.'}
          inputMode={recovery ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          maxLength={64}
          spellCheck={false}
          required
          autoFocus
          {...field('code')}
          error={wrong}
        />
        <Button type="submit" variant="filled" loading={busy}>
          Sign in
        </Button>
        <Group justify="space-between" gap="xs">
          <Anchor component="button" type="button" size="sm" onClick={other}>
            {recovery ? 'Use the authenticator' : 'Use a recovery code'}
          </Anchor>
          <Anchor component="button" type="button" size="sm" onClick={onBack}>
            Back
          </Anchor>
        </Group>
      </Form>
    </Door>
  )
}
