import { Button, Group, NativeSelect, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { access, groups } from '../../../../api/index.ts'
import { useEndless } from '../../../endless.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { ExplainedAccess } from '../../../pieces/ExplainedAccess.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { repoPage } from '../../../places.ts'
import { accessSourceWords } from '../../../words.ts'
import classes from './Members.module.css'

type Reached = access.ReachedRepository

interface Asked {
  org: Org
  user: string
  name: string
}

/** The repositories that a member can reach: those you may ask about, all of them or those of groups that you manage. */
export function Reach({ org, user, name, self }: Asked & { self: boolean }) {
  const seesAll = self || org.may.includes('access.whoCan')
  const asks = !seesAll && org.may.includes('group.list')
  const { data } = useMaybe(groups.listGroupSummaries, asks ? { params: { org: org.name } } : undefined)
  const managed = (data ?? []).filter(({ may }) => may.includes('group.changeRole')).map((group) => group.name)
  const [chosen, setChosen] = useState<string>()
  const group = chosen ?? managed[0]
  if (!seesAll && group === undefined) return null
  const title = `What ${name || user} can access`
  return (
    <Stack gap="sm" component="section" aria-label={title}>
      <Title order={3} size="h5">
        {title}
      </Title>
      {!seesAll && (
        <NativeSelect
          label="Resource group"
          description="You see repositories of the groups that you manage."
          size="xs"
          data={managed}
          value={group ?? ''}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        />
      )}
      <Repositories key={group} org={org} user={user} group={seesAll ? undefined : group} />
    </Stack>
  )
}

function Repositories({ org, user, group }: Omit<Asked, 'name'> & { group: string | undefined }) {
  const list = useEndless(access.listReach, { params: { org: org.name }, query: { user, group, limit: 20 } })
  const [open, setOpen] = useState<string>()
  return (
    <>
      <ErrorNote error={list.error} />
      {!list.loading && !list.error && list.rows.length === 0 && (
        <Text size="sm" c="dimmed">
          No repositories. Access comes with a role, a resource group, or as a collaborator.
        </Text>
      )}
      <ul className={classes.reach}>
        {list.rows.map((row) => (
          <li key={row.id}>
            <Repository
              row={row}
              isOpen={open === row.id}
              onToggle={() => setOpen(open === row.id ? undefined : row.id)}
            />
            {open === row.id && <Why org={org.name} user={user} row={row} />}
          </li>
        ))}
      </ul>
      {list.more && (
        <Button size="xs" loading={list.reading} onClick={list.readMore} style={{ alignSelf: 'flex-start' }}>
          Show more
        </Button>
      )}
    </>
  )
}

function Repository({ row, isOpen, onToggle }: { row: Reached; isOpen: boolean; onToggle: () => void }) {
  const how = [...new Set(row.grounds.map(accessSourceWords))].join(' · ')
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
      <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        <LinkTo {...repoPage({ type: row.type as 'model', id: row.name })} size="sm">
          {row.name}
        </LinkTo>
        <Text size="xs" c="dimmed">
          {how}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap" flex="none">
        {row.role ? <RoleBadge role={row.role} /> : <Word>public</Word>}
        <UnstyledButton
          className={classes.why}
          aria-expanded={isOpen}
          aria-label={`Why: access to ${row.name}`}
          onClick={onToggle}
        >
          Why?
        </UnstyledButton>
      </Group>
    </Group>
  )
}

const actions = { read: 'repo.read', write: 'repo.write', manage: 'collaborator.set' } as const
const actionWords = { read: 'Read', write: 'Write', manage: 'Manage access' } as const
type Can = Reached['can'][number]

function Why({ org, user, row }: { org: string; user: string; row: Reached }) {
  const [can, setCan] = useState<Can>(row.can.at(-1) ?? 'read')
  return (
    <Stack gap="sm" className={classes.steps ?? ''}>
      <NativeSelect
        aria-label="Action"
        size="xs"
        w={150}
        data={Object.entries(actionWords).map(([value, label]) => ({ value, label }))}
        value={can}
        onChange={({ currentTarget }) => setCan(currentTarget.value as Can)}
      />
      <ExplainedAccess org={org} user={user} repo={`${row.type}s/${row.name}`} action={actions[can]} />
    </Stack>
  )
}
