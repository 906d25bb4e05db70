import { Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconBuildingBank, IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type ReplyOf, repos, users } from '../../../api/index.ts'
import { namespaceAddress, orgSettingsAddress } from '../../addresses.ts'
import { useMaybe, useReply } from '../../hub.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Portrait } from '../../pieces/Portrait.tsx'
import { RepoList } from '../../pieces/RepoList.tsx'
import { RoleBadge } from '../../pieces/RoleBadge.tsx'
import { WaitingList } from '../../pieces/Waiting.tsx'
import { repositoriesOf } from '../../repository.ts'
import { useInstance } from '../../session.ts'
import { useWaiting } from '../../waiting.ts'
import { counted } from '../../words.ts'
import classes from './Dashboard.module.css'

type Mine = ReplyOf<typeof users.listMyOrganizations>['organizations'][number]

/** Your organizations, what waits for you, and the repositories that changed last. */
export function Dashboard({ account }: { account: users.Account }) {
  const { organizations } = useReply(users.listMyOrganizations, {})
  const { mayCreateOrganizations } = useInstance()
  const waiting = useWaiting(account) ?? []
  const state = `${counted(organizations.length, 'organization')}, ${waiting.length === 0 ? 'nothing waits for you' : `${counted(waiting.length, 'thing')} waiting for you`}.`
  return (
    <>
      <PageHead
        title={`Hello, ${account.fullname || account.name}`}
        state={state}
        action={mayCreateOrganizations && organizations.length > 0 && <NewOrganization />}
      />
      <div className={classes.columns} data-waiting={waiting.length > 0 || undefined}>
        <Stack gap="xl" miw={0}>
          <Part title="Your organizations">
            {organizations.length > 0 ? (
              <Organizations rows={organizations} />
            ) : (
              <NoOrganization may={mayCreateOrganizations} />
            )}
          </Part>
          <Part title="Recent repositories">
            <Recent />
          </Part>
        </Stack>
        <Part title="Waiting for you">
          <WaitingList items={waiting} />
        </Part>
      </div>
    </>
  )
}

function NewOrganization() {
  return (
    <ButtonTo to="/organizations/new" variant="filled" leftSection={<IconPlus size={16} aria-hidden />}>
      New organization
    </ButtonTo>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </section>
  )
}

function Organizations({ rows }: { rows: Mine[] }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      {rows.map((row) => (
        <Group key={row.id} className={classes.card ?? ''} wrap="nowrap" align="flex-start" gap="sm">
          <Portrait src={row.avatarUrl} size={40} square />
          <div className={classes.words}>
            <Group gap={8} wrap="nowrap" justify="space-between">
              <LinkTo to={namespaceAddress(row.name)} fw={600} truncate>
                {row.fullname || row.name}
              </LinkTo>
              <RoleBadge role={row.role} />
            </Group>
            <Text size="xs" c="dimmed">
              {row.name}
            </Text>
            <Text size="sm" mt={4}>
              <LinkTo to={orgSettingsAddress(row.name)}>{counted(row.numUsers, 'member')}</LinkTo>,{' '}
              <LinkTo to={orgSettingsAddress(row.name)} search={{ role: 'admin' }}>
                {counted(row.numAdmins, 'admin')}
              </LinkTo>
            </Text>
          </div>
        </Group>
      ))}
    </SimpleGrid>
  )
}

function NoOrganization({ may }: { may: boolean }) {
  return (
    <Empty
      title="You are in no organization yet"
      icon={<IconBuildingBank size={28} />}
      action={
        may ? (
          <NewOrganization />
        ) : (
          <Text size="sm">
            Operators create organizations here. Ask one for yours, or to be put into one that exists.
          </Text>
        )
      }
    >
      An organization holds a team’s models and data sets, and says who may read and change them.
    </Empty>
  )
}

const recentCount = 8

function Recent() {
  const query = { limit: recentCount }
  const models = useMaybe(repos.listRepos, { params: { repoType: 'models' }, query })
  const datasets = useMaybe(repos.listRepos, { params: { repoType: 'datasets' }, query })
  const spaces = useMaybe(repos.listRepos, { params: { repoType: 'spaces' }, query })
  if (!models.data || !datasets.data || !spaces.data) return <Skeleton height={180} />
  const rows = repositoriesOf([...models.data, ...datasets.data, ...spaces.data])
    .toSorted((a, b) => b.lastModified.localeCompare(a.lastModified))
    .slice(0, recentCount)
  if (rows.length === 0)
    return (
      <Empty title="No repositories yet">
        Models, data sets and spaces that you may read appear here, the last changed first.
      </Empty>
    )
  return <RepoList rows={rows} withNamespace label="Recent repositories" />
}
