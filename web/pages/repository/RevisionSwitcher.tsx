import { Button, Combobox, ScrollArea, Text, useCombobox } from '@mantine/core'
import { IconChevronDown, IconGitBranch, IconGitCommit, IconTag } from '@tabler/icons-react'
import { useState } from 'react'
import { useGo } from '../../go.ts'
import type { Place } from '../../places.ts'
import { useRevision } from '../../repository.ts'
import { shortRevision } from './paths.ts'
import classes from './RevisionSwitcher.module.css'
import { type Reference, useReferences } from './references.ts'

const shownAtMost = 100

/** Shows which revision is open, and leads to the same page of another branch or tag. */
export function RevisionSwitcher({ to }: { to: (rev: string) => Place }) {
  const { rev } = useRevision()
  const [words, setWords] = useState('')
  const go = useGo()
  const box = useCombobox({
    onDropdownOpen: () => box.focusSearchInput(),
    onDropdownClose: () => {
      setWords('')
      box.focusTarget()
    },
  })
  const open = (chosen: string) => {
    box.closeDropdown()
    void go(to(chosen))
  }
  return (
    <Combobox store={box} width={320} position="bottom-start" onOptionSubmit={open} withinPortal>
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <Button
          leftSection={<RevisionIcon rev={rev} />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-haspopup="listbox"
          aria-expanded={box.dropdownOpened}
          aria-label={`Revision ${shortRevision(rev)}. Switch branch or tag`}
          onClick={() => box.toggleDropdown()}
          className={classes.button ?? ''}
        >
          {shortRevision(rev)}
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown maw="calc(100vw - 2rem)">
        <Combobox.Search
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value)
            box.updateSelectedOptionIndex()
          }}
          placeholder="Find a branch or tag"
          aria-label="Find a branch or tag"
        />
        <Choices words={words} />
      </Combobox.Dropdown>
    </Combobox>
  )
}

function RevisionIcon({ rev }: { rev: string }) {
  const { tags, isBranch } = useReferences()
  const isTag = tags?.some(({ name }) => name === rev) ?? false
  const Icon = isTag ? IconTag : isBranch(rev) ? IconGitBranch : IconGitCommit
  return <Icon size={16} aria-hidden />
}

function Choices({ words }: { words: string }) {
  const { branches = [], tags = [] } = useReferences()
  const matching = (list: Reference[]) =>
    list.filter(({ name }) => name.toLowerCase().includes(words.trim().toLowerCase())).slice(0, shownAtMost)
  const [someBranches, someTags] = [matching(branches), matching(tags)]
  return (
    <Combobox.Options aria-label="Branches and tags">
      <ScrollArea.Autosize mah={320} type="auto">
        <Choice label="Branches" list={someBranches} />
        <Choice label="Tags" list={someTags} />
        {someBranches.length + someTags.length === 0 && (
          <Text size="sm" c="dimmed" p="xs">
            No branches or tags match.
          </Text>
        )}
      </ScrollArea.Autosize>
    </Combobox.Options>
  )
}

function Choice({ label, list }: { label: string; list: Reference[] }) {
  const { rev } = useRevision()
  if (list.length === 0) return null
  return (
    <Combobox.Group label={label}>
      {list.map(({ ref, name }) => (
        <Combobox.Option key={ref} value={name} active={name === rev} selected={name === rev}>
          <Text span size="sm" fw={name === rev ? 600 : 400} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
        </Combobox.Option>
      ))}
    </Combobox.Group>
  )
}
