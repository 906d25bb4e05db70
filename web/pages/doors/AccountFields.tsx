import { TextInput } from '@mantine/core'
import { whyNotAName } from '../../names.ts'
import { NewPasswordField } from '../../pieces/Form.tsx'

/** What a new account needs. */
export type NewAccount = Record<'username' | 'fullname' | 'email' | 'password', string>

export const noAccount: NewAccount = { username: '', fullname: '', email: '', password: '' }

/** What is wrong with the name, before the server is asked. */
export function checkAccount({ username }: NewAccount): { username: string | undefined } {
  return { username: username === '' ? undefined : whyNotAName(username) }
}

interface Fields {
  values: NewAccount
  field: (name: keyof NewAccount) => object
}

/** The four fields of a new account. */
export function AccountFields({ values, field, isProven = false }: Fields & { isProven?: boolean }) {
  return (
    <>
      <TextInput
        label="Username"
        description={`Your page: ${location.origin}/${values.username || 'username'}`}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={42}
        required
        autoFocus
        {...field('username')}
      />
      <TextInput
        label="Full name"
        description="Optional. Shown next to your username."
        autoComplete="name"
        maxLength={100}
        {...field('fullname')}
      />
      <TextInput
        label="Email address"
        description={isProven ? 'Verified by your invitation.' : 'Not shown publicly.'}
        type="email"
        autoComplete="email"
        maxLength={254}
        required
        {...field('email')}
      />
      <NewPasswordField {...field('password')} />
    </>
  )
}

/** The body of a request for a new account: without a full name where none was given. */
export function newAccountBody({ username, fullname, email, password }: NewAccount) {
  return {
    username: username.trim(),
    email: email.trim(),
    password,
    ...(fullname.trim() && { fullname: fullname.trim() }),
  }
}
