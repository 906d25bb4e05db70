import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { z } from 'zod'
import { operator } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { useReply } from '../../hub.ts'
import { ListPage } from '../../pieces/ListPage.tsx'
import { useAccount } from '../../session.ts'
import { counted } from '../../words.ts'
import { type Person, personColumns } from './people/columns.tsx'
import { NewPerson } from './people/NewPerson.tsx'
import { type Asked, PersonChange } from './people/PersonChange.tsx'

const Search = z.object({ search: z.string() })

/** All accounts of the instance. */
export function Page() {
  const you = useAccount()?.name
  const { counts } = useReply(operator.operatorHealth)
  const [{ search }, setAddress] = useAddressState(Search)
  const [asked, setAsked] = useState<Asked>()
  const [creating, setCreating] = useState(false)
  const list = useEndless(operator.listPeople, { query: { search, limit: 100 } })
  const ask = useCallback((deed: Asked['deed'], person: Person) => setAsked({ deed, person }), [])
  const columns = useMemo(() => personColumns(you, ask), [you, ask])
  return (
    <ListPage
      head={{
        title: 'People',
        state: counted(counts.people, 'account'),
        guide: 'operators',
        action: (
          <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            New account
          </Button>
        ),
      }}
      things="people"
      label="Accounts"
      search={{
        label: 'Search by name or email address',
        value: search,
        onChange: (words) => setAddress({ search: words }),
      }}
      onClear={search ? () => setAddress({ search: undefined }) : undefined}
      columns={columns}
      list={list}
      rowKey={keyOf}
      heights={{ row: 57, card: 140 }}
      empty={{ title: 'No accounts yet', guide: 'operators', children: 'Create accounts, or let people sign up.' }}
    >
      {asked && <PersonChange {...asked} onClose={() => setAsked(undefined)} />}
      <NewPerson opened={creating} onClose={() => setCreating(false)} />
    </ListPage>
  )
}

const keyOf = ({ id }: Person) => id
