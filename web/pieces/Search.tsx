import { Combobox, Kbd, Loader, ScrollArea, Text, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue, useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { type ReplyOf, RepoType, repos } from '../../api/index.ts'
import { useGo } from '../go.ts'
import { useMaybe } from '../hub.ts'
import { type Place, place, repoPage } from '../places.ts'
import { Portrait } from './Portrait.tsx'
import { ReachBadges } from './RepoBadges.tsx'
import classes from './Search.module.css'

type Found = ReplyOf<typeof repos.quickSearch>

/** Search for people, organizations and repositories; `/` jumps to it. */
export function Search() {
  const [words, setWords] = useState('')
  const [asked] = useDebouncedValue(words.trim(), 120)
  const input = useRef<HTMLInputElement>(null)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const go = useGo()
  const found = useMaybe(repos.quickSearch, asked === '' ? undefined : { query: { q: asked.slice(0, 200) } })
  useHotkeys([['/', () => input.current?.focus()]])
  const open = (found: string) => {
    setWords('')
    combobox.closeDropdown()
    input.current?.blur()
    void go(placeOf(found))
  }
  return (
    <Combobox store={combobox} onOptionSubmit={open} position="bottom-start" shadow="sm">
      <Combobox.Target withExpandedAttribute>
        <TextInput
          ref={input}
          className={classes.search}
          aria-label="Search people, organizations and repositories"
          placeholder="Search"
          value={words}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={found.isFetching ? <Loader size={14} /> : words === '' && <Kbd className={classes.key}>/</Kbd>}
          onChange={(event) => {
            setWords(event.currentTarget.value)
            combobox.openDropdown()
            combobox.updateSelectedOptionIndex()
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown className={classes.found} hidden={asked === '' || !found.data}>
        <Combobox.Options aria-label="Found">
          <ScrollArea.Autosize mah={420} type="scroll">
            {found.data && <Results found={found.data} />}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

// Names have no slash; a repository is called by its type before its ID.
function placeOf(found: string): Place {
  const slash = found.indexOf('/')
  if (slash < 0) return place({ to: '/$name', params: { name: found } })
  return repoPage({ type: RepoType.parse(found.slice(0, slash)), id: found.slice(slash + 1) })
}

function Results({ found }: { found: Found }) {
  const { people, organizations, repositories } = found
  if (people.length + organizations.length + repositories.length === 0)
    return <Combobox.Empty>Nothing found</Combobox.Empty>
  return (
    <>
      <Names title="Organizations" rows={organizations} square />
      <Names title="People" rows={people} />
      {repositories.length > 0 && (
        <Combobox.Group label="Repositories">
          {repositories.map(({ type, id, private: isPrivate, gated }) => (
            <Combobox.Option key={`${type}/${id}`} value={`${type}/${id}`}>
              <Text size="sm" truncate>
                {id}{' '}
                <Text span size="xs" c="dimmed">
                  {type}
                </Text>{' '}
                <ReachBadges of={{ private: isPrivate, gated }} />
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Group>
      )}
    </>
  )
}

function Names(props: { title: string; rows: Found['people']; square?: boolean }) {
  if (props.rows.length === 0) return null
  return (
    <Combobox.Group label={props.title}>
      {props.rows.map(({ name, fullname }) => (
        <Combobox.Option key={name} value={name} className={classes.option}>
          <Portrait name={name} fullname={fullname} size={22} square={props.square ?? false} />
          <Text size="sm" truncate>
            {fullname || name}{' '}
            <Text span size="xs" c="dimmed">
              {name}
            </Text>
          </Text>
        </Combobox.Option>
      ))}
    </Combobox.Group>
  )
}
