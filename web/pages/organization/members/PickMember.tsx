import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { members } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'

interface Field {
  org: Org
  label: string
  description?: string | undefined
  error?: string | undefined
  /** User names that cannot be picked. */
  without: string[]
  picked: members.Member | undefined
  onPick: (member: members.Member | undefined) => void
}

const shownAtOnce = 30

/** A field that finds one member by name. */
export function PickMember({ org, label, description, error, without, picked, onPick }: Field) {
  const [words, setWords] = useState('')
  const [search] = useDebouncedValue(words.trim(), 150)
  // Once someone is picked their name stands in the field, and that is no search.
  const isSearch = search !== '' && (picked === undefined || search !== nameOf(picked))
  const { data = [] } = useMaybe(members.listMembers, {
    params: { org: org.name },
    query: { search: isSearch ? search : undefined, limit: shownAtOnce },
  })
  const open = data.filter(({ user }) => !without.includes(user) && user !== picked?.user)
  const rows = picked ? [picked, ...open] : open
  const pick = (user: string | null) => {
    const found = rows.find((row) => row.user === user)
    setWords(found && found === picked ? nameOf(found) : '')
    onPick(found)
  }
  return (
    <Select
      label={label}
      description={description}
      error={error}
      placeholder="Search by name"
      searchable
      clearable={picked !== undefined}
      data={rows.map((row) => ({ value: row.user, label: nameOf(row) }))}
      filter={({ options }) => options}
      value={picked?.user ?? null}
      searchValue={words}
      onSearchChange={setWords}
      onChange={pick}
      nothingFoundMessage="No other members match"
    />
  )
}

function nameOf({ user, fullname }: members.Member): string {
  return fullname && fullname !== user ? `${fullname} (${user})` : user
}
