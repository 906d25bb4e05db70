import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { screen, waitFor } from '@testing-library/react'
import { ApiError, people } from '../../api/index.ts'
import { answerUsually } from '../../tests/web/hub.ts'
import { absent } from '../../tests/web/look.ts'
import { show } from '../../tests/web/show.tsx'
import { PictureField } from './PictureField.tsx'

// A picture was uploaded before
const version = 'a1'

async function field(over: { upload?: (image: string) => Promise<unknown>; remove?: () => Promise<unknown> } = {}) {
  const upload = mock.fn(over.upload ?? (async () => {}))
  const remove = mock.fn(over.remove ?? (async () => {}))
  answerUsually(people.listPictures, [{ name: 'ada', version }])
  const { user } = await show(
    <PictureField of={{ name: 'ada', fullname: 'Ada Lovelace' }} upload={upload} remove={remove} />,
  )
  return { user, upload, remove }
}

const input = () => screen.getByLabelText<HTMLInputElement>('Picture')
const png = (bytes: Uint8Array<ArrayBuffer> | string) => new File([bytes], 'me.png', { type: 'image/png' })
const said = () => screen.getByRole('status').textContent

test('PictureField: it says what can be uploaded before one tries', async () => {
  await field()
  assert.equal(said(), 'PNG, JPEG, or WebP, at most 1 MB.')
  assert.equal(input().accept, 'image/png,image/jpeg,image/webp')
})

test('PictureField: a file is sent in Base64, byte for byte, also where it is long', async () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 256)
  const { user, upload } = await field()
  await user.upload(input(), png(bytes))
  await screen.findByText('Picture uploaded.')
  assert.equal(upload.mock.calls[0]?.arguments[0], Buffer.from(bytes).toString('base64'))
})

test('PictureField: a file that is too large is refused without being sent', async () => {
  const { user, upload } = await field()
  await user.upload(input(), png('x'.repeat(1024 * 1024 + 1)))
  await waitFor(() => assert.equal(said(), 'The picture is larger than 1 MB. Choose a smaller one.'))
  assert.equal(upload.mock.callCount(), 0)
})

test('PictureField: what the server says about the picture stands at the field, and the next try clears it', async () => {
  const fields = [{ field: 'image', message: 'must be a PNG, JPEG, or WebP file' }]
  let isBad = true
  const { user } = await field({
    upload: async () => {
      if (isBad) throw new ApiError(422, 'BadRequest', { error: 'Bad.', fields }, undefined)
    },
  })
  await user.upload(input(), png('<svg/>'))
  await waitFor(() => assert.equal(said(), 'The picture must be a PNG, JPEG, or WebP file.'))
  absent(screen.queryByText('Bad.'))
  isBad = false
  await user.upload(input(), png('png'))
  await screen.findByText('Picture uploaded.')
  assert.equal(said(), 'PNG, JPEG, or WebP, at most 1 MB.')
})

test('PictureField: any other refusal is announced', async () => {
  const { user } = await field({
    remove: () => Promise.reject(new ApiError(403, 'Forbidden', { error: 'Only admins can.' }, undefined)),
  })
  await user.click(await screen.findByRole('button', { name: 'Remove picture' }))
  assert.equal((await screen.findByRole('alert')).textContent, 'Only admins can.')
})

test('PictureField: removing says so, and the picture is asked for again', async () => {
  const { user, remove } = await field()
  await user.click(await screen.findByRole('button', { name: 'Remove picture' }))
  await screen.findByText('Picture removed.')
  assert.equal(remove.mock.callCount(), 1)
})
