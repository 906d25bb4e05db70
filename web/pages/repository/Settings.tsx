import { Stack, Text } from '@mantine/core'
import { repoPartAddress } from '../../addresses.ts'
import { Block } from '../../pieces/Block.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { SignInFirst } from '../../pieces/SignInFirst.tsx'
import { type Repository, useRepository } from '../../repository.ts'
import { useAccount } from '../../session.ts'
import { Collaborators } from './settings/Collaborators.tsx'
import { Delete } from './settings/Delete.tsx'
import { ResourceGroup } from './settings/Group.tsx'
import { Move } from './settings/Move.tsx'
import { OwnGrant } from './settings/OwnGrant.tsx'
import { Rename } from './settings/Rename.tsx'
import { Visibility } from './settings/Visibility.tsx'

/** What may be changed about a repository: who reads it, its name, its owner, its group, its collaborators, its end. */
export function Page() {
  const repository = useRepository()
  const account = useAccount()
  if (!account) return <SignInFirst />
  const showsGroup = repository.may('repo.setGroup') || Boolean(repository.row.resourceGroup)
  const why = (action: string) => whyNot(repository, action)
  return (
    <Stack gap={0} maw={960}>
      <title>{`Settings · ${repository.id}`}</title>
      <Text c="dimmed" size="sm" className="sentence" mb="lg">
        {stateOf(repository)}
      </Text>
      <OwnGrant />
      {repository.may('access.whoCan') && (
        <Block
          title="Access"
          about="The people who can read or change this repository, and how each of them got access."
        >
          <ButtonTo to={repoPartAddress(repository, 'settings/access')} style={{ alignSelf: 'flex-start' }}>
            See who has access
          </ButtonTo>
        </Block>
      )}
      <Visibility reason={why('repo.updateSettings')} />
      {repository.may('collaborator.set') && <Collaborators />}
      {showsGroup && <ResourceGroup reason={why('repo.setGroup')} />}
      <Rename reason={why('repo.move')} />
      <Move reason={why('repo.move')} />
      <Delete reason={why('repo.delete')} />
    </Stack>
  )
}

const words: Record<string, string> = {
  'repo.updateSettings':
    'This takes a role with write here; where the organization keeps repositories private, the role admin.',
  'repo.setGroup': 'Only admins of the organization put repositories into groups and take them out.',
  'repo.move': 'This takes a role with write here; a grant on the repository is not enough.',
  'repo.delete': 'This takes a role with write here; a grant on the repository is not enough.',
}

function whyNot(repository: Repository, action: string): string | undefined {
  return repository.may(action) ? undefined : words[action]
}

function stateOf({ id, row }: Repository): string {
  const group = row.resourceGroup ? `, in the resource group ${row.resourceGroup.name}` : ''
  const by = row.createdBy ? `, made by ${row.createdBy}` : ''
  return `${id} is ${row.private ? 'private' : 'public'}${group}${by}.`
}
