import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { useState } from 'react'
import { ApiError } from '../../api/index.ts'
import { absent, hasFocus } from '../../tests/web/look.ts'
import { show } from '../../tests/web/show.tsx'
import { ConfirmByTyping } from './ConfirmByTyping.tsx'

type Question = Parameters<typeof ConfirmByTyping>[0]

async function ask(over: Partial<Question> = {}) {
  const onConfirm = mock.fn()
  const onClose = mock.fn()
  const question = {
    opened: true,
    title: 'Delete acme',
    label: 'Delete acme',
    word: 'acme',
    onConfirm,
    onClose,
    ...over,
  }
  const { user } = await show(<ConfirmByTyping {...question}>Members lose access.</ConfirmByTyping>)
  return { user, onConfirm, onClose }
}

const button = (name = 'Delete acme') => screen.getByRole<HTMLButtonElement>('button', { name })
const field = () => screen.getByRole('textbox', { name: 'Type “acme” to confirm' })

test('ConfirmByTyping: the button works once the name is typed exactly, spaces around it aside', async () => {
  const { user, onConfirm } = await ask()
  assert.equal(button().disabled, true)
  for (const almost of ['acm', 'Acme', 'acme2']) {
    await user.clear(field())
    await user.type(field(), `${almost}{Enter}`)
    assert.equal(button().disabled, true, almost)
  }
  await user.clear(field())
  await user.type(field(), ' acme ')
  assert.equal(button().disabled, false)
  assert.equal(onConfirm.mock.callCount(), 0)
  await user.type(field(), '{Enter}')
  assert.equal(onConfirm.mock.callCount(), 1)
})

test('ConfirmByTyping: the field has the focus, and does not offer what was typed before', async () => {
  await ask()
  await waitFor(() => hasFocus(field()))
  assert.equal(field().getAttribute('autocomplete'), 'off')
})

function Opener() {
  const [opened, setOpened] = useState(true)
  return (
    <>
      <button type="button" onClick={() => setOpened(true)}>
        Open again
      </button>
      <ConfirmByTyping
        opened={opened}
        title="Delete"
        label="Delete acme"
        word="acme"
        onConfirm={() => {}}
        onClose={() => setOpened(false)}
      />
    </>
  )
}

test('ConfirmByTyping: what was typed is forgotten when the dialog opens again', async () => {
  const { user } = await show(<Opener />)
  await user.type(field(), 'acme')
  await user.click(button('Cancel'))
  await waitFor(() => absent(screen.queryByRole('dialog')))
  await user.click(screen.getByText('Open again'))
  assert.equal((field() as HTMLInputElement).value, '')
  assert.equal(button().disabled, true)
})

test('ConfirmByTyping: nothing can be confirmed while the losses are still being read', async () => {
  const { user, onConfirm } = await ask({ waiting: true })
  await user.type(field(), 'acme{Enter}')
  assert.equal(button().disabled, true)
  assert.equal(onConfirm.mock.callCount(), 0)
})

test('ConfirmByTyping: where nothing has to be typed the button alone is enough', async () => {
  const { user, onConfirm, onClose } = await ask({ word: undefined as never })
  absent(screen.queryByRole('textbox'))
  await user.click(button())
  assert.equal(onConfirm.mock.callCount(), 1)
  await user.click(button('Cancel'))
  assert.equal(onClose.mock.callCount(), 1)
})

test('ConfirmByTyping: a refusal is announced in the dialog, with the people who could be made admin', async () => {
  const candidates = [{ user: 'amy', fullname: 'Amy Ng', role: 'write' }]
  const error = new ApiError(409, 'LastAdmin', { error: 'acme needs an admin.', candidates }, undefined)
  await ask({ error })
  const alert = screen.getByRole('alert')
  assert.match(alert.textContent ?? '', /acme needs an admin\.Make one of these people an admin first:Amy Ng \(write\)/)
})

test('ConfirmByTyping: the button cannot be pressed twice', async () => {
  const { user, onConfirm } = await ask({ busy: true, word: undefined as never })
  await user.click(button())
  assert.equal(onConfirm.mock.callCount(), 0)
})
