import { Button, Group, NativeSelect, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { z } from 'zod'
import { groups, organizations, RepoType, repos, repoTypes, users } from '../../api/index.ts'
import { type AddressState, useAddressState } from '../address-state.ts'
import { creatableIn } from '../creators.ts'
import { useApiForm } from '../form.ts'
import { useGo } from '../go.ts'
import { useMaybe, useReply } from '../hub.ts'
import { ApiForm } from '../pieces/Form.tsx'
import { PageColumn } from '../pieces/PageColumn.tsx'
import { PageHead } from '../pieces/PageHead.tsx'
import { SignInFirst } from '../pieces/SignInFirst.tsx'
import { repoPage } from '../places.ts'
import { useAccount, useInstance } from '../session.ts'
import { repoTypeNames, whereTheLinkIs } from '../words.ts'

const Search = z.object({ owner: z.string(), type: RepoType })
export type Search = AddressState<typeof Search>

/** Creating a repository, for oneself or in an organization. */
export function Page() {
  const account = useAccount()
  if (!account) return <SignInFirst />
  return (
    <PageColumn gap={0}>
      <PageHead
        title="New repository"
        state="A repository holds a model, a dataset, or a Space, with its full history."
      />
      {account.emailVerified ? <OwnedRepositoryForm account={account} /> : <VerifyFirst />}
    </PageColumn>
  )
}

function VerifyFirst() {
  const { sendsMail } = useInstance()
  return <Text>Verify your email address first. {whereTheLinkIs(sendsMail)}</Text>
}

const namePattern = /^\w([\w.-]*\w)?$/
const wrongName =
  'Use letters, digits, hyphens, dots, and underscores. Start and end with a letter, digit, or underscore.'

type VisibilityChoice = 'default' | 'public' | 'private'

// An organization owns what the accounts that it manages create.
function OwnedRepositoryForm({ account }: { account: users.Account }) {
  const { organizations } = useReply(users.listMyOrganizations, {})
  const { name, managedBy } = account
  const [first, ...more] = [...(managedBy === null ? [name] : []), ...creatableIn(organizations)]
  if (first === undefined)
    return (
      <Text>
        {managedBy} manages your account, and your role there can’t create repositories. Ask an admin for another role.
      </Text>
    )
  return <RepositoryForm account={account} owners={[first, ...more]} />
}

function RepositoryForm({ account, owners }: { account: users.Account; owners: [string, ...string[]] }) {
  const [{ owner: asked, type = 'model' }, setAddress] = useAddressState(Search)
  const owner = owners.find((name) => name.toLowerCase() === asked?.toLowerCase()) ?? owners[0]
  const isOwn = owner === account.name
  const go = useGo()
  const form = useApiForm(repos.createRepo, {
    start: { name: '', visibility: 'default' as VisibilityChoice, resourceGroupId: null as string | null },
    input: ({ name, visibility, resourceGroupId }) => ({
      body: {
        name: name.trim(),
        type,
        ...(isOwn ? {} : { organization: owner, ...(resourceGroupId ? { resourceGroupId } : {}) }),
        ...(visibility === 'default' ? {} : { visibility }),
      },
    }),
    check: ({ name }) => ({ name: name === '' || namePattern.test(name.trim()) ? undefined : wrongName }),
    after: (_, { body }) => go(repoPage({ type, id: `${owner}/${body.name}` })),
  })
  const name = form.values.name.trim()
  return (
    <ApiForm of={form} label="New repository">
      <Group grow align="flex-start">
        <NativeSelect
          label="Owner"
          data={owners}
          value={owner}
          onChange={({ currentTarget }) => {
            void setAddress({ owner: currentTarget.value })
            form.set({ resourceGroupId: null })
          }}
        />
        <NativeSelect
          label="Type"
          data={repoTypes.map((value) => ({ value, label: repoTypeNames[value] }))}
          value={type}
          onChange={({ currentTarget }) =>
            setAddress({ type: repoTypes.find((known) => known === currentTarget.value) })
          }
        />
      </Group>
      <TextInput
        label="Name"
        description={`${owner}/${name || 'name'}`}
        maxLength={96}
        required
        autoFocus
        spellCheck={false}
        autoComplete="off"
        {...form.field('name')}
      />
      {!isOwn && <GroupChoice org={owner} {...form.field('resourceGroupId')} />}
      <Radio.Group label="Visibility" {...form.field('visibility')}>
        <Stack gap="xs" mt={6}>
          {!isOwn && <OrgDefault org={owner} />}
          <Radio value={isOwn ? 'default' : 'public'} label="Public" description="Anyone can see it." />
          <Radio
            value="private"
            label="Private"
            description={isOwn ? 'Only you can see it.' : privateReaders(form.values.resourceGroupId !== null)}
          />
        </Stack>
      </Radio.Group>
      <Group>
        <Button type="submit" variant="filled" loading={form.change.isPending}>
          Create repository
        </Button>
      </Group>
    </ApiForm>
  )
}

function OrgDefault({ org }: { org: string }) {
  const { data } = useMaybe(organizations.getSettings, { params: { org } })
  const words = data && (data.repoVisibility === 'public' ? 'Public.' : 'Private.')
  return (
    <Radio value="default" label="Organization default" description={`${words ?? ''} Set by the admins of ${org}.`} />
  )
}

function privateReaders(inGroup: boolean): string {
  return inGroup
    ? 'Only members of the resource group and admins can see it.'
    : 'Only members with the read role or higher can see it.'
}

function GroupChoice({ org, ...choice }: { org: string }) {
  const { data = [] } = useMaybe(groups.listGroupSummaries, { params: { org } })
  if (data.length === 0) return null
  return (
    <Select
      label="Resource group"
      description="If private, only members of the group and admins can see it."
      placeholder="None"
      clearable
      data={data.map(({ id, name }) => ({ value: id, label: name }))}
      {...choice}
    />
  )
}
