import { ActionIcon, Checkbox, Group, Radio, Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { repos, TokenPermission } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { permissionWords, typeWords } from '../../account/tokens/scope.ts'
import { type Reach, wordsOf } from './reach.ts'

interface Field {
  org: Org
  reach: Reach
  onChange: (reach: Partial<Reach>) => void
  problem: (path: string) => unknown
}

// Who belongs to an organization is for people to change.
function wordsFor(permission: TokenPermission): string {
  return permission === 'org.write' ? 'Manage settings' : permissionWords('org', permission)
}

type Repository = Reach['repositories'][number]
const keyOf = ({ type, name }: Repository) => `${type} ${name}`

/** What a token of a service account can reach: permissions on the whole organization, and on single repositories. */
export function ReachField({ org, reach, onChange, problem }: Field) {
  return (
    <Stack gap="md">
      <Checkbox.Group
        label={`All of ${org.name}`}
        value={reach.permissions}
        onChange={(permissions) => onChange({ permissions: permissions as TokenPermission[] })}
        error={problem('permissions') as string | undefined}
      >
        <Stack gap={6} mt="xs">
          {TokenPermission.options.map((permission) => (
            <Checkbox key={permission} value={permission} label={wordsFor(permission)} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Repositories org={org} reach={reach} onChange={onChange} problem={problem} />
      <Checkbox
        label="Works from any IP address"
        description="Even if the organization restricts IP addresses."
        checked={reach.skipNetworkSecurity}
        onChange={({ currentTarget }) => onChange({ skipNetworkSecurity: currentTarget.checked })}
        error={problem('skipNetworkSecurity') as string | undefined}
      />
      <Text size="sm" c="dimmed" role="status">
        {wordsOf(org.name, reach)}
      </Text>
    </Stack>
  )
}

function Repositories({ org, reach, onChange, problem }: Field) {
  const { repositories } = reach
  return (
    <Stack gap="xs">
      <AddRepository
        org={org}
        chosen={repositories}
        error={problem('repositories')}
        onAdd={(added) => onChange({ repositories: [...repositories, added] })}
      />
      {repositories.map((repository) => (
        <Group key={keyOf(repository)} justify="space-between" wrap="nowrap">
          <Text size="sm" truncate>
            {repository.name}{' '}
            <Text span inherit c="dimmed">
              {typeWords[repository.type]}
            </Text>
          </Text>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove ${repository.name}`}
            onClick={() => onChange({ repositories: repositories.filter((each) => each !== repository) })}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {repositories.length > 0 && (
        <Radio.Group
          label="On these repositories"
          description="Only this counts for them, whatever is selected above."
          value={reach.repoPermissions.includes('repo.write') ? 'repo.write' : 'repo.content.read'}
          onChange={(permission) => onChange({ repoPermissions: [permission as 'repo.write'] })}
        >
          <Group mt="xs">
            <Radio value="repo.content.read" label="Read" />
            <Radio value="repo.write" label="Write" />
          </Group>
        </Radio.Group>
      )}
    </Stack>
  )
}

interface Adding {
  org: Org
  chosen: readonly Repository[]
  error: unknown
  onAdd: (repository: Repository) => void
}

function AddRepository({ org, chosen, error, onAdd }: Adding) {
  const [words, setWords] = useState('')
  const [search] = useDebouncedValue(words.trim(), 150)
  const { data = [] } = useMaybe(
    repos.listOrgRepositories,
    search === '' ? undefined : { params: { org: org.name }, query: { search, limit: 20, sort: 'updatedAt' } },
  )
  const found = data
    .map(({ type, id }): Repository => ({ type, name: id }))
    .filter((one) => !chosen.some((each) => keyOf(each) === keyOf(one)))
  const add = (key: string | null) => {
    const one = found.find((each) => keyOf(each) === key)
    if (one) onAdd(one)
    setWords('')
  }
  return (
    <Select
      label="Single repositories"
      description="Search for a repository by name."
      placeholder={`${org.name}/encoder`}
      data={[...Map.groupBy(found, ({ type }) => typeWords[type])].map(([group, items]) => ({
        group,
        items: items.map((one) => ({ value: keyOf(one), label: one.name })),
      }))}
      value={null}
      onChange={add}
      searchable
      searchValue={words}
      onSearchChange={setWords}
      filter={({ options }) => options}
      nothingFoundMessage={words === '' ? undefined : 'No matches.'}
      error={error as string | undefined}
    />
  )
}
