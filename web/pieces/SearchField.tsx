import { CloseButton, Loader, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'

/** A search field that asks a moment after the last key. */
export function SearchField(props: {
  value: string
  reading: boolean
  label: string
  onChange: (words: string) => void
}) {
  const [words, setWords] = useWords(props)
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
          words !== '' && <CloseButton size="sm" aria-label="Clear search" onClick={() => setWords('')} />
        )
      }
      onChange={(event) => setWords(event.currentTarget.value)}
    />
  )
}

// What is typed goes out a moment later and comes back later still. Coming back, it must not undo newer keys; what
// comes from elsewhere (going back, a link with a filter, "Clear filters") replaces what is typed, sent or not.
function useWords({ value, onChange }: { value: string; onChange: (words: string) => void }) {
  const [words, setWords] = useState(value)
  const onTheWay = useRef<string[]>([])
  const report = useDebouncedCallback((next: string) => {
    if (next !== (onTheWay.current.at(-1) ?? value)) onTheWay.current.push(next)
    onChange(next)
  }, 180)
  useEffect(() => {
    const own = onTheWay.current.indexOf(value)
    onTheWay.current.splice(0, own + 1)
    if (own !== -1) return
    report.cancel()
    onTheWay.current = []
    setWords(value)
  }, [value, report])
  const set = (next: string) => {
    setWords(next)
    report(next.trim())
  }
  return [words, set] as const
}
