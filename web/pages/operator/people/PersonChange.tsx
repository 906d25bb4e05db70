import { List, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { operator } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { counted } from '../../../words.ts'
import type { Deed, Person } from './columns.tsx'

/** What an operator is about to do to an account. */
export interface Asked {
  deed: Deed
  person: Person
}

interface Words {
  title: string
  label: string
  done: string
  effects: ReactNode[]
  danger: boolean
  body: { suspended?: boolean; operator?: boolean }
}

/** Changes an account, after spelling out what that does. */
export function PersonChange({ deed, person, onClose }: Asked & { onClose: () => void }) {
  const words = wordsOf[deed](person)
  const change = useChange(operator.updatePerson, (changed) => {
    patchRows<Person>(operator.listPeople, (row) => (row.id === changed.id ? changed : row))
    showDone(words.done)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      danger={words.danger}
      title={words.title}
      label={words.label}
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ params: { username: person.name }, body: words.body })}
      onClose={onClose}
    >
      <Text size="sm" fw={600}>
        What it does, at once
      </Text>
      <List size="sm" spacing={4}>
        {words.effects.map((effect, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the sentences of one deed never change places
          <List.Item key={index}>{effect}</List.Item>
        ))}
      </List>
    </ConfirmByTyping>
  )
}

const wordsOf: Record<Deed, (person: Person) => Words> = {
  suspend: ({ name, organizations }) => ({
    title: `Suspend ${name}?`,
    label: `Suspend ${name}`,
    done: `${name} is suspended.`,
    danger: true,
    body: { suspended: true },
    effects: [
      'Every session ends, every access token stops, and signing in is refused.',
      `Membership stays listed in ${counted(organizations, 'organization')}, with the seat, and gives no access.`,
      'Where this was the last usable admin, the first usable successor becomes admin; without one, the organization has no active admins until you help.',
      'What the person made stays. Ending the suspension gives everything back but the sessions.',
    ],
  }),
  resume: ({ name }) => ({
    title: `End the suspension of ${name}?`,
    label: `End the suspension of ${name}`,
    done: `${name} can sign in again.`,
    danger: false,
    body: { suspended: false },
    effects: [
      'Signing in works again, and so do the access tokens that have not expired.',
      'Roles in organizations and resource groups count again, as they were.',
    ],
  }),
  promote: ({ name }) => ({
    title: `Make ${name} an operator?`,
    label: `Make ${name} an operator`,
    done: `${name} is an operator.`,
    danger: false,
    body: { operator: true },
    effects: [
      'May use all of these pages: suspend people, change plans, read every mail in the outbox, make others operators.',
      'Gets no access inside organizations by that alone.',
    ],
  }),
  demote: ({ name }) => ({
    title: `Make ${name} no operator any more?`,
    label: `${name} is no operator any more`,
    done: `${name} is no operator any more.`,
    danger: true,
    body: { operator: false },
    effects: ['These pages are closed to them.', 'Account and memberships stay as they are.'],
  }),
}
