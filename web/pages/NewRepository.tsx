import { Button, Group, NativeSelect, Radio, Select, Stack, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { z } from 'zod'
import { groups, RepoType, repos, repoTypes, users } from '../../api/index.ts'
import { useAddressState } from '../address-state.ts'
import { repoAddress } from '../addresses.ts'
import { creatableIn } from '../creators.ts'
import { useChange, useMaybe, useReply } from '../hub.ts'
import { ErrorNote } from '../pieces/ErrorNote.tsx'
import { PageHead } from '../pieces/PageHead.tsx'
import { SignInFirst } from '../pieces/SignInFirst.tsx'
import { useAccount } from '../session.ts'

const Search = z.object({ owner: z.string(), type: RepoType })

/** Creating a repository, for oneself or in an organization. */
export function Page() {
  const account = useAccount()
  if (!account) return <SignInFirst />
  return (
    <Stack gap={0} maw={560} mx="auto">
      <PageHead
        title="New repository"
        state="A place for one model, one data set or one space, under your name or an organization’s."
      />
      <Form account={account} />
    </Stack>
  )
}

function Form({ account }: { account: users.Account }) {
  const [{ owner = account.name, type = 'model' }, setAddress] = useAddressState(Search)
  const [name, setName] = useState('')
  const [visibility, setVisibility] = useState<'default' | 'public' | 'private'>('default')
  const [group, setGroup] = useState<string | null>(null)
  const { organizations } = useReply(users.listMyOrganizations, {})
  const owners = [account.name, ...creatableIn(organizations)]
  const isOwn = owner === account.name
  const navigate = useNavigate()
  const create = useChange(repos.createRepo, () => navigate({ to: repoAddress(type, `${owner}/${name}`) }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const place = isOwn ? {} : { organization: owner, ...(group ? { resourceGroupId: group } : {}) }
    create.mutate({ body: { name, type, ...place, ...(visibility === 'default' ? {} : { visibility }) } })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Group grow align="flex-start">
          <NativeSelect
            label="Owner"
            data={owners.includes(owner) ? owners : [owner, ...owners]}
            value={owner}
            onChange={({ currentTarget }) => setAddress({ owner: currentTarget.value })}
          />
          <NativeSelect
            label="Kind"
            data={[...repoTypes]}
            value={type}
            onChange={({ currentTarget }) =>
              setAddress({ type: repoTypes.find((known) => known === currentTarget.value) })
            }
          />
        </Group>
        <TextInput
          label="Name"
          description={`${owner}/${name || 'name'}`}
          value={name}
          maxLength={96}
          error={
            name === '' || /^\w([\w.-]*\w)?$/.test(name)
              ? undefined
              : 'Letters, digits, hyphens, dots and underscores; begins and ends with a letter, a digit or an underscore.'
          }
          onChange={({ currentTarget }) => setName(currentTarget.value.trim())}
          required
          autoFocus
          spellCheck={false}
          autoComplete="off"
        />
        {!isOwn && <GroupChoice org={owner} value={group} onChange={setGroup} />}
        <Radio.Group
          label="Who may read it"
          value={visibility}
          onChange={(value) => setVisibility(value as typeof visibility)}
        >
          <Stack gap="xs" mt={6}>
            <Radio value="default" label={isOwn ? 'As usual: everybody' : `As ${owner} has it set`} />
            <Radio value="public" label="Everybody" />
            <Radio
              value="private"
              label={isOwn ? 'Only you' : 'Members with read or more, or the people of its resource group'}
            />
          </Stack>
        </Radio.Group>
        <ErrorNote error={create.error} />
        <Group>
          <Button type="submit" variant="filled" disabled={name === ''} loading={create.isPending}>
            Create {name || 'repository'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function GroupChoice({
  org,
  value,
  onChange,
}: {
  org: string
  value: string | null
  onChange: (group: string | null) => void
}) {
  const { data = [] } = useMaybe(groups.listGroupSummaries, { params: { org } })
  if (data.length === 0) return null
  return (
    <Select
      label="Resource group"
      description="In a group, only its people and admins see it while it is private."
      placeholder="None"
      clearable
      data={data.map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
    />
  )
}
