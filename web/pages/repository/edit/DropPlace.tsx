import { Button, Group, Text } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { type DragEvent, useRef, useState } from 'react'
import classes from './DropPlace.module.css'
import { droppedIn, type Picked, pickedFrom } from './picked.ts'

/** Where files and folders are dropped, or chosen. */
export function DropPlace({ onPicked }: { onPicked: (picked: Picked[]) => void }) {
  const [over, setOver] = useState(false)
  const drop = async (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    onPicked(await droppedIn(event.dataTransfer))
  }
  const hover = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way; the buttons inside are the other
    <div
      className={classes.place}
      data-over={over || undefined}
      onDragOver={hover}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconUpload size={28} stroke={1.5} aria-hidden />
      <Text fw={500}>Drop files and folders here</Text>
      <Group gap="sm" justify="center">
        <Chooser label="Choose files" onPicked={onPicked} />
        <Chooser label="Choose folder" isFolder onPicked={onPicked} />
      </Group>
      <Text size="sm" c="dimmed">
        Large files are stored in LFS automatically.
      </Text>
    </div>
  )
}

function Chooser(props: { label: string; isFolder?: boolean; onPicked: (picked: Picked[]) => void }) {
  const field = useRef<HTMLInputElement>(null)
  const choose = (chosen: HTMLInputElement) => {
    if (chosen.files) props.onPicked(pickedFrom(chosen.files))
    // The same files can be chosen again.
    chosen.value = ''
  }
  return (
    <>
      <Button onClick={() => field.current?.click()}>{props.label}</Button>
      <input
        ref={field}
        type="file"
        hidden
        multiple
        {...(props.isFolder ? { webkitdirectory: '' } : {})}
        aria-label={props.label}
        onChange={({ currentTarget }) => choose(currentTarget)}
      />
    </>
  )
}
