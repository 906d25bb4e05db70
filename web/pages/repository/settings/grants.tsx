import { ActionIcon, Group, Menu, NativeSelect, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconX } from '@tabler/icons-react'
import { collaborators, type RepoType } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { showDone, showError } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { sayDay, When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { ends, momentOf } from './ends.ts'
import classes from './grants.module.css'

/** Someone's access to one repository. */
export type Grant = collaborators.Collaborator
type Role = collaborators.CollaboratorRole

/** What can be done with a grant of a list, and whether one is being changed. */
export interface Deeds<T extends Grant> {
  busy: boolean
  change: (grant: T, to: { role?: Role; expiresAt?: string | null }) => void
  remove: (grant: T) => void
}

/** The columns of a list of grants: who, with which role, until when. */
export function grantColumns<T extends Grant>(deeds: Deeds<T>): Column<T>[] {
  return [
    { id: 'person', header: 'Person', card: 'title', cell: (grant) => <Who grant={grant} /> },
    { id: 'role', header: 'Access', width: '116px', cell: (grant) => <RoleField grant={grant} deeds={deeds} /> },
    { id: 'until', header: 'Expires', width: '204px', cell: (grant) => <EndMenu grant={grant} deeds={deeds} /> },
    {
      id: 'added',
      header: 'Added',
      width: '160px',
      cell: ({ addedAt, addedBy }) => (
        <Text size="sm" c="dimmed">
          <When time={addedAt} />
          {addedBy && `, by ${addedBy}`}
        </Text>
      ),
    },
    {
      id: 'remove',
      header: 'Remove',
      quiet: true,
      width: '56px',
      card: 'aside',
      cell: (grant) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Remove ${grant.user}`}
          onClick={() => deeds.remove(grant)}
        >
          <IconX size={16} aria-hidden />
        </ActionIcon>
      ),
    },
  ]
}

function Who({ grant: { user, fullname, isMember } }: { grant: Grant }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <LinkTo to="/$name" params={{ name: user }} c="inherit" underline="never">
        <Named name={user} fullname={fullname} />
      </LinkTo>
      {isMember && <Word>member</Word>}
    </Group>
  )
}

function RoleField<T extends Grant>({ grant, deeds }: { grant: T; deeds: Deeds<T> }) {
  return (
    <NativeSelect
      aria-label={`Access for ${grant.user}`}
      size="xs"
      w={100}
      disabled={deeds.busy}
      data={collaborators.CollaboratorRole.options}
      value={grant.role}
      onChange={({ currentTarget }) => deeds.change(grant, { role: currentTarget.value as Role })}
    />
  )
}

function EndMenu<T extends Grant>({ grant, deeds }: { grant: T; deeds: Deeds<T> }) {
  const words = grant.expiresAt === null ? 'Never' : sayDay(grant.expiresAt)
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <UnstyledButton
          className={classes.end}
          disabled={deeds.busy}
          aria-label={`Expiration for ${grant.user}: ${words}`}
          title={grant.expiresAt ?? undefined}
        >
          {words} <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {ends.map(({ value, label }) => (
          <Menu.Item key={value} onClick={() => deeds.change(grant, { expiresAt: momentOf(value) })}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

type RepoPath = { repoType: `${RepoType}s`; namespace: string; repo: string }

/** The path parameters of a repository, from its kind and `namespace/name`. */
function pathOf({ type, id }: { type: RepoType; id: string }): RepoPath {
  const [namespace = '', repo = ''] = id.split('/')
  return { repoType: `${type}s`, namespace, repo }
}

/** Changes someone's access immediately, and says what it is now. */
export function useGrantChange<T extends Grant>(
  repoOf: (grant: T) => { type: RepoType; id: string },
  after?: () => void,
) {
  const save = useChange(collaborators.setCollaborator, after)
  return {
    busy: save.isPending,
    change: (grant: T, to: { role?: Role; expiresAt?: string | null }) => {
      const repo = repoOf(grant)
      const body = { role: to.role ?? grant.role, ...(to.expiresAt === undefined ? {} : { expiresAt: to.expiresAt }) }
      const done = (saved: Grant) => {
        const until = saved.expiresAt === null ? '' : ` until ${sayDay(saved.expiresAt)}`
        showDone(`${saved.user} now has ${saved.role} access to ${repo.id}${until}.`)
      }
      save.mutate({ params: { ...pathOf(repo), username: grant.user }, body }, { onSuccess: done, onError: showError })
    },
  }
}

const deedsOf = { read: 'read it', write: 'read and change it' }

interface Ending {
  grant: Grant
  repo: { type: RepoType; id: string; private: boolean }
  /** Whether it is one's own. */
  own?: boolean
  onDone?: () => void
  onClose: () => void
}

/** Asks before a grant is ended. */
export function EndGrant({ grant, repo, own = false, onDone, onClose }: Ending) {
  const end = useChange(collaborators.removeCollaborator, () => {
    showDone(own ? `You left ${repo.id}.` : `Removed ${grant.user} from ${repo.id}.`)
    onClose()
    onDone?.()
  })
  const who = own ? 'You' : grant.user
  return (
    <ConfirmByTyping
      opened
      title={own ? `Leave ${repo.id}` : `Remove ${grant.user} from ${repo.id}`}
      label={own ? 'Leave repository' : `Remove ${grant.user}`}
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate({ params: { ...pathOf(repo), username: grant.user } })}
      onClose={onClose}
    >
      <Text size="sm">
        {who} can {deedsOf[grant.role]} as a collaborator.{' '}
        {grant.isMember
          ? 'Access from roles in the organization and its groups doesn’t change.'
          : repo.private
            ? `After removal, ${own ? 'you' : 'they'} can no longer see it.`
            : 'The repository is public, so anyone can still read it.'}
      </Text>
    </ConfirmByTyping>
  )
}
