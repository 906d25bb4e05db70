import { Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconBuildingBank, IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type ReplyOf, repos, users } from '../../../api/index.ts'
import { useMaybe, useReply } from '../../hub.ts'
import { useNotifications } from '../../notifications.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { NoOrganizationHelp } from '../../pieces/NoOrganizationHelp.tsx'
import { NotificationList } from '../../pieces/Notifications.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Portrait } from '../../pieces/Portrait.tsx'
import { RepoList } from '../../pieces/RepoList.tsx'
import { RoleBadge } from '../../pieces/RoleBadge.tsx'
import { repositoriesOf } from '../../repository.ts'
import { useInstance } from '../../session.ts'
import { counted } from '../../words.ts'
import classes from './Dashboard.module.css'

type Mine = ReplyOf<typeof users.listMyOrganizations>['organizations'][number]

/** Your organizations, your notifications, and the repositories that changed last. */
export function Dashboard({ account }: { account: users.Account }) {
  const { organizations } = useReply(users.listMyOrganizations, {})
  const { mayCreateOrganizations } = useInstance()
  const waiting = useNotifications() ?? []
  const state = [
    organizations.length === 0 ? 'No organizations' : counted(organizations.length, 'organization'),
    waiting.length === 0 ? 'No notifications' : counted(waiting.length, 'notification'),
  ].join(' · ')
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
              <NoOrganization account={account} may={mayCreateOrganizations} />
            )}
          </Part>
          <Part title="Recent repositories">
            <Recent />
          </Part>
        </Stack>
        <Part title="Notifications">
          <NotificationList items={waiting} />
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
          <Portrait name={row.name} fullname={row.fullname} size={40} square />
          <div className={classes.words}>
            <Group gap={8} wrap="nowrap" justify="space-between">
              <LinkTo to="/$name" params={{ name: row.name }} fw={600} truncate>
                {row.fullname || row.name}
              </LinkTo>
              <RoleBadge role={row.role} />
            </Group>
            <Text size="xs" c="dimmed">
              {row.name}
            </Text>
            <Text size="sm" mt={4}>
              <LinkTo to="/organizations/$org/settings/members" params={{ org: row.name }}>
                {counted(row.numUsers, 'member')}
              </LinkTo>
              ,{' '}
              <LinkTo to="/organizations/$org/settings/members" params={{ org: row.name }} search={{ role: 'admin' }}>
                {counted(row.numAdmins, 'admin')}
              </LinkTo>
            </Text>
          </div>
        </Group>
      ))}
    </SimpleGrid>
  )
}

function NoOrganization({ account, may }: { account: users.Account; may: boolean }) {
  return (
    <Empty
      title="No organizations yet"
      icon={<IconBuildingBank size={28} />}
      action={may ? <NewOrganization /> : <NoOrganizationHelp account={account} />}
      guide="organizations"
    >
      An organization holds your team’s models and datasets and controls who can access them.
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
      <Empty title="No repositories yet" guide="push-a-model">
        Models, datasets, and Spaces that you can read appear here.
      </Empty>
    )
  return <RepoList rows={rows} withNamespace label="Recent repositories" />
}
