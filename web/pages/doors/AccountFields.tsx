import { TextInput } from '@mantine/core'
import type { useFields } from '../../form.ts'
import { whyNotAName } from '../../names.ts'
import { NewPasswordField } from '../../pieces/Form.tsx'

/** What a new account needs. */
export type NewAccount = Record<'username' | 'fullname' | 'email' | 'password', string>

export const noAccount: NewAccount = { username: '', fullname: '', email: '', password: '' }

/** What is wrong with the name, before the server is asked. */
export function whyNotYet({ username }: NewAccount): string | undefined {
  return username === '' ? undefined : whyNotAName(username)
}

type Fields = Pick<ReturnType<typeof useFields<NewAccount>>, 'values' | 'field'>

/** The four fields of a new account. */
export function AccountFields({ values, field, isProven = false }: Fields & { isProven?: boolean }) {
  const username = field('username')
  return (
    <>
      <TextInput
        label="User name"
        description={`Your page will be ${location.origin}/${values.username || 'name'}`}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={42}
        required
        autoFocus
        {...username}
        error={whyNotYet(values) ?? username.error}
      />
      <TextInput
        label="Full name"
        description="As people say it. May be left empty."
        autoComplete="name"
        maxLength={100}
        {...field('fullname')}
      />
      <TextInput
        label="Email address"
        description={
          isProven ? 'Verified by your invitation.' : 'Only admins of your organizations may come to see it.'
        }
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
