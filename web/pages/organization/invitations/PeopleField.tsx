import { Combobox, Pill, PillsInput, Text, Tooltip, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { ClipboardEvent, KeyboardEvent } from 'react'
import { type bulk, repos } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import { Named } from '../../../pieces/Portrait.tsx'
import classes from './PeopleField.module.css'
import { distinct, mostPeople, readPeople } from './people.ts'

interface Field {
  people: string[]
  /** What is typed and not yet one of the people. */
  typed: string
  /** What the server says about each, by the person in lower case. */
  verdicts: ReadonlyMap<string, bulk.InviteVerdict>
  error: string | undefined
  onChange: (people: string[], typed: string) => void
}

/** One field for many people: what is typed or pasted becomes a chip each, and each chip says whether they can be invited. */
export function PeopleField({ people, typed, verdicts, error, onChange }: Field) {
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const found = useSuggestions(typed, people)
  const add = (text: string) => {
    combobox.closeDropdown()
    onChange(distinct([...people, ...readPeople(text)]), '')
  }
  const remove = (who: string) =>
    onChange(
      people.filter((other) => other !== who),
      typed,
    )
  const type = (text: string) => {
    if (/[\s,;]$/.test(text) && text.trim() !== '') return add(text)
    onChange(people, text)
    combobox.openDropdown()
    combobox.updateSelectedOptionIndex()
  }
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text')
    // A single word may be the beginning of a longer one.
    if (!/[\s,;]/.test(text.trim())) return
    event.preventDefault()
    add(`${typed} ${text}`)
  }
  const press = (event: KeyboardEvent) => {
    const isChoosing = combobox.dropdownOpened && combobox.getSelectedOptionIndex() >= 0
    if ((event.key === 'Enter' || event.key === 'Tab') && typed.trim() !== '' && !isChoosing) {
      if (event.key === 'Enter') event.preventDefault()
      add(typed)
    }
    if (event.key === 'Backspace' && typed === '') remove(people.at(-1) ?? '')
  }
  return (
    <Combobox store={combobox} onOptionSubmit={add} withinPortal>
      <Combobox.DropdownTarget>
        <PillsInput
          label="People"
          description={`Email addresses or usernames, up to ${mostPeople}. Paste a list if you have one.`}
          error={error}
          required
        >
          <Pill.Group>
            {people.map((who) => (
              <Chip key={who} who={who} verdict={verdicts.get(who.toLowerCase())} onRemove={() => remove(who)} />
            ))}
            <Combobox.EventsTarget>
              <PillsInput.Field
                aria-label="People"
                data-autofocus
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                placeholder={people.length === 0 ? 'ada@example.org, grace' : ''}
                value={typed}
                onChange={({ currentTarget }) => type(currentTarget.value)}
                onPaste={paste}
                onKeyDown={press}
                onBlur={() => {
                  combobox.closeDropdown()
                  if (typed.trim() !== '') add(typed)
                }}
              />
            </Combobox.EventsTarget>
          </Pill.Group>
        </PillsInput>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown hidden={found.length === 0}>
        <Combobox.Options aria-label="Suggestions">
          {found.map(({ name, fullname }) => (
            <Combobox.Option key={name} value={name}>
              <Named name={name} fullname={fullname} />
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

// The beginnings of addresses are no names.
function useSuggestions(typed: string, people: readonly string[]) {
  const [asked] = useDebouncedValue(typed.trim(), 120)
  const isName = asked.length > 1 && asked.length <= 100 && !asked.includes('@')
  const { data } = useMaybe(repos.quickSearch, isName ? { query: { q: asked } } : undefined)
  if (!isName || typed.trim() === '') return []
  return (data?.people ?? []).filter(({ name }) => !people.includes(name)).slice(0, 6)
}

const tones: Partial<Record<bulk.InviteVerdict['verdict'], 'good' | 'plain'>> = { invite: 'good', reinvite: 'plain' }

function Chip(props: { who: string; verdict: bulk.InviteVerdict | undefined; onRemove: () => void }) {
  const { who, verdict, onRemove } = props
  const tone = verdict === undefined ? 'plain' : (tones[verdict.verdict] ?? 'bad')
  const chip = (
    <Pill
      className={classes.chip ?? ''}
      data-tone={tone}
      withRemoveButton
      onRemove={onRemove}
      removeButtonProps={{ 'aria-label': `Remove ${who}` }}
    >
      {who}
    </Pill>
  )
  return verdict && tone === 'bad' ? <Tooltip label={verdict.message}>{chip}</Tooltip> : chip
}

export function isInvited({ verdict }: bulk.InviteVerdict): boolean {
  return verdict === 'invite' || verdict === 'reinvite'
}

const namedAtMost = 5

/** Those who cannot be invited, each with the reason. */
export function Problems({ verdicts }: { verdicts: readonly bulk.InviteVerdict[] }) {
  if (verdicts.length === 0) return null
  return (
    <ul className={classes.problems} aria-label="People who can’t be invited">
      {verdicts.slice(0, namedAtMost).map(({ row, who, message }) => (
        <li key={row}>
          <b>{who}</b>: {message}
        </li>
      ))}
      {verdicts.length > namedAtMost && (
        <li>
          <Text span inherit>
            {(verdicts.length - namedAtMost).toLocaleString('en')} more
          </Text>
        </li>
      )}
    </ul>
  )
}
