import { ActionIcon, Checkbox, Group, Paper, Select, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { tokens } from '../../../../api/index.ts'
import { type Entry, newEntry, permissionWords, summaryOf, typeWords } from './scope.ts'
import { type Choice, useChoices } from './scope-choices.ts'

interface Field {
  entries: Entry[]
  readsGated: boolean
  onChange: (entries: Entry[]) => void
  onGated: (readsGated: boolean) => void
  problem: (path: string) => unknown
}

/** What a fine-grained token can reach: things that are found by search, each with its permissions. */
export function ScopeField({ entries, readsGated, onChange, onGated, problem }: Field) {
  const replace = (index: number, entry: Entry) => onChange(entries.map((each, at) => (at === index ? entry : each)))
  return (
    <Stack gap="xs">
      <AddEntry
        entries={entries}
        onAdd={(entry) => onChange([...entries, entry])}
        error={problem('fineGrained.scoped')}
      />
      {entries.map((entry, index) => (
        <EntryCard
          key={`${entry.type} ${entry.name}`}
          entry={entry}
          error={problem(`fineGrained.scoped.${index}.permissions`) ?? problem(`fineGrained.scoped[${index}].entity`)}
          onChange={(changed) => replace(index, changed)}
          onRemove={() => onChange(entries.filter((_, at) => at !== index))}
        />
      ))}
      <Checkbox
        label="Read public gated repositories"
        description="Includes repositories that give you access later."
        checked={readsGated}
        onChange={({ currentTarget }) => onGated(currentTarget.checked)}
      />
      <Text size="sm" c="dimmed" role="status">
        {summaryOf(entries, { readsGated })}
      </Text>
    </Stack>
  )
}

function AddEntry({ entries, onAdd, error }: { entries: Entry[]; onAdd: (entry: Entry) => void; error: unknown }) {
  const [words, setWords] = useState('')
  const choices = useChoices(words).filter(
    ({ type, name }) => !entries.some((entry) => entry.type === type && entry.name === name),
  )
  const add = (value: string | null) => {
    const found = choices.find((choice) => keyOfChoice(choice) === value)
    if (found) onAdd(newEntry(found.type, found.name, found._id))
    setWords('')
  }
  return (
    <Select
      label="Can access"
      description="Search for an organization, a resource group, or a repository."
      placeholder="acme, or acme/encoder"
      data={optionsOf(choices)}
      value={null}
      onChange={add}
      searchable
      searchValue={words}
      onSearchChange={setWords}
      filter={({ options }) => options}
      nothingFoundMessage={words === '' ? undefined : 'No matches.'}
      error={error as string | undefined}
    />
  )
}

const keyOfChoice = ({ type, name }: Choice) => `${type} ${name}`

function optionsOf(choices: readonly Choice[]) {
  return [...Map.groupBy(choices, ({ type }) => typeWords[type])].map(([group, found]) => ({
    group,
    items: found.map((choice) => ({ value: keyOfChoice(choice), label: choice.name })),
  }))
}

interface Card {
  entry: Entry
  error: unknown
  onChange: (entry: Entry) => void
  onRemove: () => void
}

function EntryCard({ entry, error, onChange, onRemove }: Card) {
  return (
    <Paper withBorder p="sm">
      <Checkbox.Group
        label={entry.name}
        description={typeWords[entry.type]}
        value={entry.permissions}
        onChange={(permissions) => onChange({ ...entry, permissions: permissions as Entry['permissions'] })}
        error={error as string | undefined}
        pr={32}
        pos="relative"
      >
        <Stack gap={6} mt="xs">
          {tokens.permissionsOn[entry.type].map((permission) => (
            <Checkbox key={permission} value={permission} label={permissionWords(entry.type, permission)} />
          ))}
        </Stack>
        <Group pos="absolute" top={0} right={0}>
          <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${entry.name}`} onClick={onRemove}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Group>
      </Checkbox.Group>
    </Paper>
  )
}
