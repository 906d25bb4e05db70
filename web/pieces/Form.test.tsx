import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { Checkbox, TextInput } from '@mantine/core'
import { screen, waitFor } from '@testing-library/react'
import { organizations } from '../../api/index.ts'
import { answer, given, refuse, sent } from '../../tests/web/hub.ts'
import { absent, hasFocus, saidAt } from '../../tests/web/look.ts'
import { anOrg } from '../../tests/web/samples.ts'
import { show } from '../../tests/web/show.tsx'
import { useApiForm } from '../form.ts'
import { ApiForm, Form, NewPasswordField } from './Form.tsx'

const { createOrganization } = organizations

function NewOrganization({ clears = false, after }: { clears?: boolean; after?: () => void }) {
  const form = useApiForm(createOrganization, {
    start: { name: '', fullname: '', agreed: false },
    input: ({ name, fullname }) => ({ body: { name, fullname } }),
    check: ({ name }) => ({ name: name.startsWith('-') ? 'Can’t start with a hyphen.' : undefined }),
    clears,
    ...(after && { after }),
  })
  return (
    <ApiForm of={form} label="New organization">
      <TextInput label="Name" required {...form.field('name')} />
      <TextInput label="Full name" {...form.field('fullname')} />
      <Checkbox label="Agreed" {...form.tick('agreed')} />
      <button type="submit">Create{form.change.isPending ? ' …' : ''}</button>
      <output>{form.isChanged ? 'changed' : 'as it was'}</output>
    </ApiForm>
  )
}

const field = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name })
const errorOf = (name: string) => saidAt(field(name))

test('ApiForm: a required field that is empty says so, has the focus, and nothing is sent', async () => {
  const { user } = await show(<NewOrganization />)
  await user.click(screen.getByRole('button', { name: 'Create' }))
  assert.equal(field('Name').getAttribute('aria-invalid'), 'true')
  assert.equal(errorOf('Name'), 'Name is required.')
  hasFocus(field('Name'))
  assert.equal(sent(createOrganization).length, 0)
})

test('ApiForm: what the schema of the operation refuses stands at its field before anything is sent', async () => {
  const { user } = await show(<NewOrganization />)
  await user.type(field('Name'), 'acme')
  await user.type(field('Full name'), 'x'.repeat(101))
  await user.click(screen.getByRole('button', { name: 'Create' }))
  assert.equal(errorOf('Full name'), 'Full name must be at most 100 characters.')
  hasFocus(field('Full name'))
  assert.equal(field('Name').getAttribute('aria-invalid'), null)
  assert.equal(sent(createOrganization).length, 0)
})

test('ApiForm: a rule of the page is said while it is typed, and holds when the form is sent', async () => {
  const { user } = await show(<NewOrganization />)
  await user.type(field('Name'), '-acme')
  assert.equal(errorOf('Name'), 'Can’t start with a hyphen.')
  await user.keyboard('{Enter}')
  assert.equal(sent(createOrganization).length, 0)
})

test('ApiForm: what the server says about fields stands at each of them, and the first has the focus', async () => {
  const fields = [
    { field: 'fullname', message: 'must not be a joke' },
    { field: 'name', message: 'is reserved' },
  ]
  refuse(createOrganization, { status: 422, code: 'BadRequest', error: 'Two fields are wrong.', fields })
  const { user } = await show(<NewOrganization />)
  await user.type(field('Name'), 'api{Enter}')
  await waitFor(() => assert.equal(errorOf('Name'), 'Name is reserved.'))
  assert.equal(errorOf('Full name'), 'Full name must not be a joke.')
  hasFocus(field('Name'))
  // Each problem stands at its field, so the form has nothing to add.
  absent(screen.queryByRole('alert'))
})

test('ApiForm: a name that is taken is said at the name', async () => {
  refuse(createOrganization, { status: 409, code: 'NameTaken', error: 'This name is taken.' })
  const { user } = await show(<NewOrganization />)
  await user.type(field('Name'), 'acme{Enter}')
  await waitFor(() => assert.equal(errorOf('Name'), 'This name is taken.'))
  absent(screen.queryByRole('alert'))
})

test('ApiForm: a refusal that is about no field is announced above them, and what was typed stays', async () => {
  refuse(createOrganization, { status: 403, code: 'Forbidden', error: 'Only site admins can create organizations.' })
  const { user } = await show(<NewOrganization />)
  await user.type(field('Name'), 'acme{Enter}')
  const alert = await screen.findByRole('alert')
  assert.equal(alert.textContent, 'Only site admins can create organizations.')
  assert.equal(field('Name').value, 'acme')
})

test('ApiForm: Enter sends what was typed, once, and only a form that asks for it is emptied', async () => {
  const after = mock.fn()
  answer(createOrganization, anOrg())
  const { user } = await show(<NewOrganization after={after} />)
  assert.equal(screen.getByRole('status').textContent, 'as it was')
  await user.type(field('Name'), 'acme')
  assert.equal(screen.getByRole('status').textContent, 'changed')
  await user.keyboard('{Enter}')
  await waitFor(() => assert.equal(after.mock.callCount(), 1))
  assert.deepEqual(
    sent(createOrganization).map(({ body }) => body),
    [{ name: 'acme', fullname: '' }],
  )
  assert.equal(field('Name').value, 'acme')
})

test('ApiForm: a form that creates one after the other is empty again', async () => {
  answer(createOrganization, anOrg())
  const { user } = await show(<NewOrganization clears />)
  await user.type(field('Name'), 'acme')
  await user.click(screen.getByRole('checkbox', { name: 'Agreed' }))
  await user.type(field('Name'), '{Enter}')
  await waitFor(() => assert.equal(field('Name').value, ''))
  assert.equal(screen.getByRole<HTMLInputElement>('checkbox').checked, false)
})

test('ApiForm: a lost connection says what to do, and the next attempt works', async () => {
  given(createOrganization, () => Promise.reject(new TypeError('fetch failed')))
  const { user } = await show(<NewOrganization />)
  await user.type(field('Name'), 'acme{Enter}')
  const alert = await screen.findByRole('alert')
  assert.match(alert.textContent ?? '', /didn’t answer. Check your connection and try again/)
  answer(createOrganization, anOrg())
  await user.click(screen.getByRole('button', { name: 'Create' }))
  await waitFor(() => absent(screen.queryByRole('alert')))
})

test('Form: Enter submits it, and not the form around the dialog it is in', async () => {
  const inner = mock.fn()
  const outer = mock.fn()
  const { user } = await show(
    <div onSubmit={outer}>
      <Form onSubmit={inner} label="Inner">
        <TextInput label="Name" />
      </Form>
    </div>,
  )
  await user.type(field('Name'), 'x{Enter}')
  assert.equal(inner.mock.callCount(), 1)
  assert.equal(outer.mock.callCount(), 0)
})

test('Form: a password that is being chosen is not shown until one asks, and says its rule', async () => {
  const { user } = await show(<NewPasswordField />)
  const password = screen.getByLabelText<HTMLInputElement>(/^Password/)
  assert.equal(password.type, 'password')
  assert.equal(password.getAttribute('autocomplete'), 'new-password')
  assert.match(document.body.textContent ?? '', /At least 10 characters/)
  await user.click(screen.getByLabelText('Show or hide password'))
  assert.equal(password.type, 'text')
})
