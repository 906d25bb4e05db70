import { Badge, Code, Group, Stack, Text, Title } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type RepoType, repos } from '../../api/index.ts'
import { usePathName } from '../address-state.ts'
import { groupAddress, namespaceAddress } from '../addresses.ts'
import { useReply } from '../hub.ts'
import { LinkTo } from '../pieces/LinkTo.tsx'
import { When } from '../pieces/When.tsx'
import { useInstance } from '../session.ts'
import { RepositorySettings } from './repository/Settings.tsx'

const kinds: Record<string, RepoType> = { datasets: 'dataset', spaces: 'space' }

/** A repository: whose it is, who may read it, in which resource group it sits. */
export function Page() {
  const [namespace, repo] = [usePathName('name'), usePathName('repo')]
  const type = kinds[useLocation().pathname.split('/')[1] ?? ''] ?? 'model'
  const params = { repoType: `${type}s` as const, namespace, repo }
  const row = useReply(repos.getRepo, { params })
  const hub = useInstance()
  return (
    <Stack maw={860} mx="auto" gap="lg">
      <title>{`${row.id} · ${hub.name}`}</title>
      <div>
        <Group gap="sm">
          <Title order={1}>
            <LinkTo to={namespaceAddress(row.author)} inherit>
              {row.author}
            </LinkTo>
            /{row.id.slice(row.author.length + 1)}
          </Title>
          {row.private && (
            <Badge variant="default" tt="none" radius="sm" fw={500} leftSection={<IconLock size={12} aria-hidden />}>
              private
            </Badge>
          )}
        </Group>
        <Text c="dimmed" mt={4}>
          A {row.type}, {row.private ? readersOf(row) : 'readable by everybody'}, changed{' '}
          <When time={row.lastModified} />.
        </Text>
      </div>
      <Facts row={row} />
      <div>
        <Text size="sm" c="dimmed" mb={4}>
          Clients know it by this name:
        </Text>
        <Code block>{row.id}</Code>
      </div>
      <RepositorySettings params={params} row={row} />
    </Stack>
  )
}

function readersOf({ resourceGroup, author }: repos.Repository): string {
  return resourceGroup ? `readable by the people of ${resourceGroup.name} and by admins` : `readable inside ${author}`
}

function Facts({ row }: { row: repos.Repository }) {
  return (
    <Stack gap={6}>
      <Fact label="Created">
        <When time={row.createdAt} />
        {row.createdBy && (
          <>
            {' '}
            by <LinkTo to={namespaceAddress(row.createdBy)}>{row.createdBy}</LinkTo>
          </>
        )}
      </Fact>
      {row.resourceGroup && (
        <Fact label="Resource group">
          <LinkTo to={groupAddress(row.author, row.resourceGroup.name)}>{row.resourceGroup.name}</LinkTo>
        </Fact>
      )}
    </Stack>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Group gap="sm" wrap="nowrap" align="baseline">
      <Text size="sm" c="dimmed" w={130} flex="none">
        {label}
      </Text>
      <Text size="sm">{children}</Text>
    </Group>
  )
}
