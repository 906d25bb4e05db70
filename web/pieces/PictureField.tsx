import { Button, FileButton, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { maxPictureBytes } from '../../api/index.ts'
import { pictureChanged, usePicture } from '../avatars.ts'
import { beside, problemAt } from '../field-problems.ts'
import { refresh } from '../hub.ts'
import { ErrorNote, showDone } from './ErrorNote.tsx'
import { Portrait } from './Portrait.tsx'

interface Field {
  /** Whose picture it is. */
  of: { name: string; fullname: string }
  square?: boolean
  /** Sends a picture in Base64. */
  upload: (image: string) => Promise<unknown>
  remove: () => Promise<unknown>
}

/** The picture of an account or an organization, and buttons that upload another one or remove the one that is there. */
export function PictureField({ of, square = false, upload, remove }: Field) {
  const { busy, error, run } = useRun(of.name)
  const hasPicture = usePicture(of.name) !== undefined
  const choose = (file: File | null) => file && run(async () => upload(await read(file)), 'Picture uploaded.')
  const problem = typeof error === 'string' ? error : problemAt(error, 'image', 'The picture')
  return (
    <Stack gap="xs">
      <Group gap="md">
        <Portrait {...of} size={72} square={square} />
        <Stack gap={6}>
          <Group gap="xs">
            <FileButton
              accept="image/png,image/jpeg,image/webp"
              onChange={choose}
              inputProps={{ 'aria-label': 'Picture' }}
            >
              {(props) => (
                <Button {...props} size="xs" loading={busy}>
                  Upload picture
                </Button>
              )}
            </FileButton>
            {hasPicture && (
              <Button size="xs" variant="subtle" disabled={busy} onClick={() => run(remove, 'Picture removed.')}>
                Remove picture
              </Button>
            )}
          </Group>
          <Text size="sm" c={problem === undefined ? 'dimmed' : 'var(--mantine-color-error)'} role="status">
            {problem ?? 'PNG, JPEG, or WebP, at most 1 MB.'}
          </Text>
        </Stack>
      </Group>
      {typeof error !== 'string' && <ErrorNote error={beside(error, ['image'])} />}
    </Stack>
  )
}

function useRun(name: string) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const run = async (change: () => Promise<unknown>, done: string) => {
    setBusy(true)
    setError(undefined)
    try {
      await change()
      await pictureChanged(name)
      showDone(done)
      void refresh()
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return { busy, error, run }
}

// Rejects with a sentence for a file that the server would refuse as too large.
async function read(file: File): Promise<string> {
  if (file.size > maxPictureBytes) return Promise.reject('The picture is larger than 1 MB. Choose a smaller one.')
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let from = 0; from < bytes.length; from += 8192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8192))
  return btoa(text)
}
