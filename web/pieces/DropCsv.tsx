import { Alert, Button, Text } from '@mantine/core'
import { IconAlertCircle, IconFileTypeCsv } from '@tabler/icons-react'
import { type DragEvent, useRef, useState } from 'react'
import { readCsvFile } from '../csv-file.ts'
import classes from './DropCsv.module.css'

/** Where a CSV file is dropped or chosen; says what is wrong with one that can’t be read. */
export function DropCsv({ onRead }: { onRead: (file: { name: string; text: string }) => void }) {
  const [over, setOver] = useState(false)
  const [problem, setProblem] = useState<string>()
  const field = useRef<HTMLInputElement>(null)
  const take = async (files: FileList | null) => {
    const file = files?.[0]
    if (!file) return
    const read = await readCsvFile(file)
    setProblem('problem' in read ? read.problem : undefined)
    if ('text' in read) onRead(read)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files)
  }
  const hover = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way; the button inside is the other */}
      <div
        className={classes.place}
        data-over={over || undefined}
        onDragOver={hover}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconFileTypeCsv size={30} stroke={1.5} aria-hidden />
        <Text fw={500}>Drop a CSV file here</Text>
        <Button onClick={() => field.current?.click()}>Choose file</Button>
        <input
          ref={field}
          type="file"
          hidden
          accept=".csv,.txt,text/csv,text/plain"
          aria-label="CSV file"
          onChange={({ currentTarget }) => {
            void take(currentTarget.files).finally(() => {
              // The same file can be chosen again, once it is mended.
              currentTarget.value = ''
            })
          }}
        />
        <Text size="sm" c="dimmed">
          Nothing changes until you apply the preview.
        </Text>
      </div>
      {problem !== undefined && (
        <Alert color="red" variant="light" icon={<IconAlertCircle aria-hidden />} role="alert">
          {problem}
        </Alert>
      )}
    </>
  )
}
