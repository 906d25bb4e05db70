import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen } from '@testing-library/react'
import { users } from '../../../api/index.ts'
import { answer, sent } from '../../../tests/web/hub.ts'
import { absent } from '../../../tests/web/look.ts'
import { anAccount } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Profile.tsx'

async function page(as: users.Account) {
  answer(users.getAccount, as)
  answer(users.updateAccount, as)
  const { user } = await show(<Page />, { as })
  await screen.findByRole('heading', { level: 1, name: 'Profile' })
  return user
}

test('an account of your own has a full name that you can change', async () => {
  const user = await page(anAccount())
  const field = screen.getByRole('textbox', { name: 'Full name' })
  await user.clear(field)
  await user.type(field, 'Grace M. Hopper')
  await user.click(screen.getByRole('button', { name: 'Save profile' }))
  const { details } = anAccount()
  await screen.findByText('Profile updated.')
  assert.deepEqual(sent(users.updateAccount).at(-1)?.body, { fullname: 'Grace M. Hopper', details })
})

test('the full name of a managed account is text, and says who decides it', async () => {
  const user = await page(anAccount({ managedBy: 'acme', fullname: 'Grace Hopper' }))
  absent(screen.queryByRole('textbox', { name: 'Full name' }))
  assert.ok(screen.getByText('acme manages your account. Its identity provider decides your full name.'))
  await user.type(screen.getByRole('textbox', { name: 'Bio' }), 'Speech.')
  await user.click(screen.getByRole('button', { name: 'Save profile' }))
  await screen.findByText('Profile updated.')
  assert.deepEqual(Object.keys(sent(users.updateAccount).at(-1)?.body ?? {}), ['details'])
})
