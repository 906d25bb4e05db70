import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { Select, TextInput } from '@mantine/core'
import { screen, waitFor } from '@testing-library/react'
import { type ReactNode, useState } from 'react'
import { absent, findOption, hasFocus } from '../../tests/web/look.ts'
import { show } from '../../tests/web/show.tsx'
import { Dialog, SidePanel } from './Dialog.tsx'
import { Form } from './Form.tsx'

const nameForm = (
  <Form onSubmit={() => {}} label="New account">
    <TextInput label="Username" />
    <Select label="Role" data={['read', 'write']} comboboxProps={{ withinPortal: true }} />
  </Form>
)

async function open(children: ReactNode = nameForm, frame: object = {}) {
  const onClose = mock.fn()
  const { user } = await show(
    <Dialog opened title="New account" onClose={onClose} {...frame}>
      {children}
    </Dialog>,
  )
  return { user, closed: () => onClose.mock.callCount() }
}

const username = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Username' })
const overlay = () => document.querySelector('.mantine-Modal-overlay') as Element

test('Dialog: Escape and a click outside close one in which nothing was typed', async () => {
  const { user, closed } = await open()
  await user.keyboard('{Escape}')
  assert.equal(closed(), 1)
  await user.click(overlay())
  assert.equal(closed(), 2)
  absent(screen.queryByText('Unsaved changes'))
})

test('Dialog: a half-filled form is kept by Escape, a click outside, and the close button', async () => {
  const { user, closed } = await open()
  await user.type(username(), 'nia')
  for (const leave of [
    () => user.keyboard('{Escape}'),
    () => user.click(overlay()),
    () => user.click(screen.getByRole('button', { name: 'Close' })),
  ]) {
    await leave()
    assert.match(screen.getByRole('alert').textContent ?? '', /Unsaved changes.*your changes are lost/)
    assert.equal(closed(), 0)
    await user.click(screen.getByRole('button', { name: 'Keep editing' }))
    absent(screen.queryByRole('alert'))
    assert.equal(username().value, 'nia')
  }
})

test('Dialog: the question about unsaved changes has the focus, and discarding closes', async () => {
  const { user, closed } = await open()
  await user.type(username(), 'nia')
  await user.keyboard('{Escape}')
  hasFocus(screen.getByRole('button', { name: 'Keep editing' }))
  await user.click(screen.getByRole('button', { name: 'Discard' }))
  assert.equal(closed(), 1)
})

test('Dialog: an option that was chosen counts as a change', async () => {
  const { user, closed } = await open()
  await user.click(screen.getByRole('combobox', { name: 'Role' }))
  await user.click(await findOption('write'))
  await user.keyboard('{Escape}')
  await screen.findByText('Unsaved changes')
  assert.equal(closed(), 0)
})

test('Dialog: what is typed where nothing is sent is no loss', async () => {
  const { user, closed } = await open(<TextInput label="Username" />)
  await user.type(username(), 'nia')
  await user.keyboard('{Escape}')
  assert.equal(closed(), 1)
})

test('Dialog: one that shows something only once stays until its button is pressed', async () => {
  const { user, closed } = await open(<p>The link</p>, { stays: true })
  await user.keyboard('{Escape}')
  await user.click(overlay())
  assert.equal(closed(), 0)
})

test('Dialog: it is named, and the rest of the page is told that it is modal', async () => {
  await open()
  const dialog = screen.getByRole('dialog', { name: 'New account' })
  assert.equal(dialog.getAttribute('aria-modal'), 'true')
})

function Two({ closed }: { closed: (which: string) => void }) {
  const [second, setSecond] = useState(false)
  return (
    <Dialog opened title="First" onClose={() => closed('first')}>
      {nameForm}
      <button type="button" onClick={() => setSecond(true)}>
        Ask
      </button>
      <Dialog
        opened={second}
        above
        title="Second"
        onClose={() => {
          closed('second')
          setSecond(false)
        }}
      >
        <Form onSubmit={() => {}}>
          <TextInput label="Password" />
        </Form>
      </Dialog>
    </Dialog>
  )
}

test('Dialog: Escape is for the one in front alone, and a password in it needs no question', async () => {
  const closed: string[] = []
  const { user } = await show(<Two closed={(which) => closed.push(which)} />)
  await user.click(screen.getByText('Ask'))
  await user.type(await screen.findByRole('textbox', { name: 'Password' }), 'secret')
  await user.keyboard('{Escape}')
  assert.deepEqual(closed, ['second'])
  await waitFor(() => absent(screen.queryByRole('dialog', { name: 'Second' })))
  // What was typed in front of it is nothing that the first would lose.
  await user.keyboard('{Escape}')
  await waitFor(() => assert.deepEqual(closed, ['second', 'first']))
})

function Opener() {
  const [opened, setOpened] = useState(true)
  return (
    <>
      <button type="button" onClick={() => setOpened(true)}>
        Again
      </button>
      <Dialog opened={opened} title="New account" onClose={() => setOpened(false)}>
        {nameForm}
      </Dialog>
    </>
  )
}

test('Dialog: a form that was closed and opened again begins without a question', async () => {
  const { user } = await show(<Opener />)
  await user.type(username(), 'nia')
  await user.keyboard('{Escape}')
  await user.click(screen.getByRole('button', { name: 'Discard' }))
  await waitFor(() => absent(screen.queryByRole('dialog')))
  await user.click(screen.getByText('Again'))
  await screen.findByRole('dialog')
  await user.keyboard('{Escape}')
  await waitFor(() => absent(screen.queryByRole('dialog')))
})

test('SidePanel: a half-filled form in it is as safe as in a dialog', async () => {
  const onClose = mock.fn()
  const { user } = await show(
    <SidePanel opened title="Bea" onClose={onClose}>
      {nameForm}
    </SidePanel>,
  )
  await user.type(username(), 'bea')
  await user.click(screen.getByRole('button', { name: 'Close' }))
  await screen.findByText('Unsaved changes')
  assert.equal(onClose.mock.callCount(), 0)
})
