import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { absent } from '../../tests/web/look.ts'
import { show } from '../../tests/web/show.tsx'
import { DropCsv } from './DropCsv.tsx'

async function place() {
  const onRead = mock.fn<(file: { name: string; text: string }) => void>()
  const { user } = await show(<DropCsv onRead={onRead} />)
  return { user, read: () => onRead.mock.calls.map((call) => call.arguments[0]) }
}

const input = () => screen.getByLabelText<HTMLInputElement>('CSV file')
const csv = (content: BlobPart, name = 'people.csv') => new File([content], name, { type: 'text/csv' })

test('DropCsv: a file that is chosen is read as text, its name beside it', async () => {
  const { user, read } = await place()
  await user.upload(input(), csv('email\nada@example.org\n'))
  await waitFor(() => assert.deepEqual(read(), [{ name: 'people.csv', text: 'email\nada@example.org\n' }]))
  absent(screen.queryByRole('alert'))
  // The same file can be chosen again once it is mended.
  assert.equal(input().value, '')
})

test('DropCsv: a file that is dropped is read, and the browser does not open it instead', async () => {
  const { read } = await place()
  const zone = screen.getByText('Drop a CSV file here')
  const dataTransfer = { files: [csv('username\nbea')] }
  assert.equal(fireEvent.dragOver(zone, { dataTransfer }), false)
  assert.equal(fireEvent.drop(zone, { dataTransfer }), false)
  await waitFor(() => assert.deepEqual(read(), [{ name: 'people.csv', text: 'username\nbea' }]))
})

const refused = {
  'a spreadsheet': [csv('PK', 'people.xlsx'), /people\.xlsx is a spreadsheet\. Save it as CSV/],
  'an empty file': [csv(' \n'), /people\.csv is empty/],
  'another character set': [csv(new Uint8Array([0x6d, 0xfc, 0x6c])), /isn’t UTF-8\. Save it as “CSV UTF-8”/],
  'a huge file': [csv('x'.repeat(8_000_001)), /larger than 8 MB\. Split it/],
} as const

for (const [what, [file, sentence]] of Object.entries(refused)) {
  test(`DropCsv: ${what} is refused with what to do, announced, and nothing is handed on`, async () => {
    const { user, read } = await place()
    await user.upload(input(), file)
    const alert = await screen.findByRole('alert')
    assert.match(alert.textContent ?? '', sentence)
    assert.deepEqual(read(), [])
  })
}

test('DropCsv: the complaint is gone once a file is good', async () => {
  const { user, read } = await place()
  await user.upload(input(), csv(''))
  await screen.findByRole('alert')
  await user.upload(input(), csv('email\n'))
  await waitFor(() => assert.equal(read().length, 1))
  absent(screen.queryByRole('alert'))
})
