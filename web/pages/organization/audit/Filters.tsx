import { Anchor, Autocomplete, Group, Select, Switch, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { members } from '../../../../api/index.ts'
import { eventTypeGroups } from '../../../event-types.ts'
import { useMaybe } from '../../../hub.ts'
import { SearchField } from '../../../pieces/SearchField.tsx'
import classes from './Filters.module.css'
import { type AuditFilter, timeZone } from './search.ts'

interface Filters {
  filter: AuditFilter
  reading: boolean
  onChange: (change: { [K in keyof AuditFilter]: AuditFilter[K] | undefined }) => void
  /** Of an organization, its members can be picked; the log of the instance takes any name. */
  org?: string
  /** Whether exports are listed; the log of the instance has none. */
  exports?: { shown: boolean; onShow: (shown: boolean) => void }
}

/** Every event. */
export const noFilter = {
  q: undefined,
  author: undefined,
  type: undefined,
  token: undefined,
  from: undefined,
  to: undefined,
}

/** The filters of an audit log. What they narrow down is also what an export has. */
export function AuditFilters({ filter, reading, onChange, org, exports }: Filters) {
  const { q = '', author = '', type, token = '', from = '', to = '' } = filter
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  return (
    <section aria-label="Filters" className={classes.filters}>
      <div className={classes.fields}>
        <SearchField value={q} label="Search events" reading={reading} onChange={(words) => onChange({ q: words })} />
        <Person value={author} org={org} onPick={(name) => onChange({ author: name })} />
        {org && (
          <Select
            aria-label="Event type"
            placeholder="All event types"
            searchable
            clearable
            data={typeOptions}
            value={type ?? null}
            onChange={(value) => onChange({ type: value ?? undefined })}
          />
        )}
        <Committed
          label="Token"
          placeholder="Token: last 4 characters"
          value={token}
          onCommit={(value) => onChange({ token: value })}
        />
      </div>
      <Group gap="sm" align="flex-end">
        <TextInput
          type="date"
          label="From"
          size="xs"
          value={from}
          max={to || undefined}
          onChange={({ currentTarget }) => onChange({ from: currentTarget.value })}
        />
        <TextInput
          type="date"
          label="To"
          size="xs"
          value={to}
          min={from || undefined}
          onChange={({ currentTarget }) => onChange({ to: currentTarget.value })}
        />
        <Text size="xs" c="dimmed" pb={6}>
          Time zone: {timeZone()}
        </Text>
        {exports && (
          <Switch
            size="xs"
            pb={6}
            label="Show exports"
            checked={exports.shown}
            onChange={({ currentTarget }) => exports.onShow(currentTarget.checked)}
          />
        )}
        {isFiltered && (
          <Anchor component="button" type="button" size="sm" pb={4} onClick={() => onChange(noFilter)}>
            Clear filters
          </Anchor>
        )}
      </Group>
    </section>
  )
}

const typeOptions = eventTypeGroups.map(({ group, types }) => ({
  group,
  items: Object.entries(types).map(([value, label]) => ({ value, label })),
}))

/** One person: members are suggested, and the name of anyone who left can be typed. */
function Person({ value, org, onPick }: { value: string; org: string | undefined; onPick: (name: string) => void }) {
  const [typed, setTyped] = useState(value)
  const [search] = useDebouncedValue(typed.trim(), 150)
  useEffect(() => setTyped(value), [value])
  const asked = org && search !== value && search !== '' ? { params: { org }, query: { search, limit: 20 } } : undefined
  const { data = [] } = useMaybe(members.listMembers, asked)
  const commit = (name: string) => name.trim() !== value && onPick(name.trim())
  return (
    <Autocomplete
      aria-label="Person"
      placeholder="Anyone"
      clearable
      clearButtonProps={{ 'aria-label': 'Clear person' }}
      data={data.map(({ user }) => user)}
      value={typed}
      onChange={setTyped}
      onOptionSubmit={commit}
      onClear={() => onPick('')}
      onBlur={() => commit(typed)}
      onKeyDown={(event) => event.key === 'Enter' && commit(typed)}
      filter={({ options }) => options}
    />
  )
}

/** A field that asks once its value is entered, not with each key. */
function Committed(props: { label: string; placeholder: string; value: string; onCommit: (value: string) => void }) {
  const [typed, setTyped] = useState(props.value)
  useEffect(() => setTyped(props.value), [props.value])
  const commit = () => typed.trim() !== props.value && props.onCommit(typed.trim())
  return (
    <TextInput
      aria-label={props.label}
      placeholder={props.placeholder}
      maxLength={64}
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  )
}
