import { CloseButton, Loader, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

/** A search field that asks a moment after the last key. */
export function SearchField(props: {
  value: string
  reading: boolean
  label: string
  onChange: (words: string) => void
}) {
  const [words, setWords] = useState(props.value)
  const report = useDebouncedCallback(props.onChange, 180)
  // Going back, or a link with a filter, changes the field as well.
  useEffect(() => setWords(props.value), [props.value])
  const set = (next: string) => {
    setWords(next)
    report(next.trim())
  }
  return (
    <TextInput
      aria-label={props.label}
      placeholder={props.label}
      flex="1 1 14rem"
      maxLength={200}
      value={words}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        props.reading ? (
          <Loader size={14} />
        ) : (
          words !== '' && <CloseButton size="sm" aria-label="Clear search" onClick={() => set('')} />
        )
      }
      onChange={(event) => set(event.currentTarget.value)}
    />
  )
}
