import { List } from '@mantine/core'
import type { ReactNode } from 'react'
import { operator } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { counted } from '../../../words.ts'
import type { Deed, Person } from './columns.tsx'

/** What a site admin is about to do to an account. */
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
    title: `Suspend ${name}`,
    label: `Suspend ${name}`,
    done: `${name} suspended.`,
    danger: true,
    body: { suspended: true },
    effects: [
      `${name} is signed out and can’t sign in. Access tokens stop working.`,
      `${name} stays a member of ${counted(organizations, 'organization')} and keeps the seat, but has no access.`,
      'If this is the last active admin of an organization, the first successor becomes admin. Without a successor, it has no active admins.',
      'Repositories and other content stay. Unsuspending restores all access.',
    ],
  }),
  resume: ({ name }) => ({
    title: `Unsuspend ${name}`,
    label: `Unsuspend ${name}`,
    done: `${name} can sign in again.`,
    danger: false,
    body: { suspended: false },
    effects: [
      `${name} can sign in again. Access tokens that haven’t expired work again.`,
      'Roles in organizations and resource groups are restored.',
    ],
  }),
  promote: ({ name }) => ({
    title: `Make ${name} a site admin`,
    label: 'Make site admin',
    done: `${name} is now a site admin.`,
    danger: false,
    body: { operator: true },
    effects: [
      `${name} can suspend people, change plans, read all emails in the outbox, and make others site admins.`,
      'This gives no access to organizations or their repositories.',
    ],
  }),
  demote: ({ name }) => ({
    title: `Remove ${name} as site admin`,
    label: 'Remove site admin',
    done: `${name} is no longer a site admin.`,
    danger: true,
    body: { operator: false },
    effects: [`${name} can no longer manage the instance.`, 'The account and its memberships don’t change.'],
  }),
}
