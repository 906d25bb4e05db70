import { Group, ScrollArea, Select, Stack, Text } from '@mantine/core'
import type { BodyOf, ReplyOf, repos, users } from '../../../../api/index.ts'
import { ReachBadges } from '../../../pieces/RepoBadges.tsx'

type Row = ReplyOf<typeof repos.listMyRepositories>[number]
type Fate = Pick<BodyOf<typeof users.deleteAccount>, 'transfers' | 'repositories'>

/** For each repository, by its key: the organization that gets it, or that it is deleted. */
export type Choices = Readonly<Record<string, string>>

// No organization has a name like this
const deleted = ' delete'

function keyOf({ type, id }: Row): string {
  return `${type} ${id}`
}

/** Whether something was chosen for every repository. */
export function isDecided(rows: Row[], choices: Choices): boolean {
  return rows.every((row) => choices[keyOf(row)] !== undefined)
}

/** The choices as the request says them. */
export function fateOf(rows: Row[], choices: Choices): Fate {
  const transfers = rows.flatMap((row) => {
    const to = choices[keyOf(row)]
    const name = row.id.slice(row.id.indexOf('/') + 1)
    return to === undefined || to === deleted ? [] : [{ type: row.type, fromRepo: row.id, toRepo: `${to}/${name}` }]
  })
  const isAny = rows.some((row) => choices[keyOf(row)] === deleted)
  return { ...(transfers.length > 0 && { transfers }), ...(isAny && { repositories: 'delete' }) }
}

interface Part {
  rows: Row[]
  /** Names of the organizations that may take repositories. */
  takers: string[]
  choices: Choices
  onChoose: (choices: Choices) => void
}

/** Asks what becomes of each repository under the person's own name. */
export function OwnRepositories({ rows, takers, choices, onChoose }: Part) {
  const fates = [
    { value: deleted, label: 'Delete' },
    ...takers.map((name) => ({ value: name, label: `Transfer to ${name}` })),
  ]
  const chooseAll = (fate: string | null) =>
    fate !== null && onChoose(Object.fromEntries(rows.map((row) => [keyOf(row), fate])))
  return (
    <div>
      <Text size="sm" fw={600}>
        Your repositories
      </Text>
      <Text size="sm" c="dimmed" mb={6}>
        {takers.length === 0
          ? 'You can’t create repositories in any organization, so they can only be deleted.'
          : 'Transfer them to an organization, or delete them.'}
      </Text>
      {rows.length > 1 && (
        <Select
          size="xs"
          mb={8}
          label={`All ${rows.length.toLocaleString('en')} repositories`}
          placeholder="Choose for all"
          data={fates}
          value={commonOf(rows, choices)}
          onChange={chooseAll}
        />
      )}
      <ScrollArea.Autosize mah={220} type="auto" offsetScrollbars>
        <Stack gap={6}>
          {rows.map((row) => (
            <Group key={keyOf(row)} justify="space-between" gap="xs">
              <Text size="sm" style={{ overflowWrap: 'anywhere', flex: '1 1 10rem' }}>
                {row.id} <ReachBadges of={row} />
              </Text>
              <Select
                size="xs"
                w={190}
                aria-label={`What happens to the ${row.type} ${row.id}`}
                placeholder="Choose"
                data={fates}
                value={choices[keyOf(row)] ?? null}
                allowDeselect={false}
                onChange={(fate) => fate !== null && onChoose({ ...choices, [keyOf(row)]: fate })}
              />
            </Group>
          ))}
        </Stack>
      </ScrollArea.Autosize>
    </div>
  )
}

function commonOf(rows: Row[], choices: Choices): string | null {
  const chosen = new Set(rows.map((row) => choices[keyOf(row)]))
  const [only] = chosen
  return chosen.size === 1 ? (only ?? null) : null
}
