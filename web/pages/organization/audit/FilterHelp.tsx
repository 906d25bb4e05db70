import { Button, Code, Popover, Stack, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'

const examples: [string, string][] = [
  ['author:ada', 'what one person did'],
  ['type:org.change_role', 'one kind of event'],
  ['after:2026-01-31', 'since a day; before: works the same'],
  ['ip:127.0.0.0', 'from one address (the last part is never kept)'],
  ['vision type:org.change_role', 'words and filters together'],
]

/** The filters that the search understands, each to be tried with a click. */
export function FilterHelp({ onUse }: { onUse: (words: string) => void }) {
  const [opened, setOpened] = useState(false)
  const use = (words: string) => {
    setOpened(false)
    onUse(words)
  }
  return (
    <Popover opened={opened} onChange={setOpened} width={320} position="bottom-end" shadow="sm" trapFocus returnFocus>
      <Popover.Target>
        <Button onClick={() => setOpened(!opened)}>Filters</Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Filters of the search">
        <Stack gap="xs">
          <Text size="sm">Words match what an event says. Filters narrow it down:</Text>
          {examples.map(([words, meaning]) => (
            <UnstyledButton key={words} onClick={() => use(words)}>
              <Code>{words}</Code>
              <Text size="xs" c="dimmed">
                {meaning}
              </Text>
            </UnstyledButton>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
