import { Stack, Text } from '@mantine/core'
import { Block } from '../../pieces/Block.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { SignInFirst } from '../../pieces/SignInFirst.tsx'
import { repoPage } from '../../places.ts'
import { type Repository, useRepository } from '../../repository.ts'
import { useAccount } from '../../session.ts'
import { Collaborators } from './settings/Collaborators.tsx'
import { Delete } from './settings/Delete.tsx'
import { Gate } from './settings/Gate.tsx'
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
    <Stack gap={0}>
      <title>{`Settings · ${repository.id}`}</title>
      <Text c="dimmed" size="sm" className="sentence" mb="lg">
        {stateOf(repository)}
      </Text>
      <OwnGrant />
      {repository.may('access.whoCan') && (
        <Block title="Access" about="See who can read or change this repository, and how they got access.">
          <ButtonTo {...repoPage(repository, '/settings/access')} style={{ alignSelf: 'flex-start' }}>
            View who has access
          </ButtonTo>
        </Block>
      )}
      <Visibility reason={why('repo.updateSettings')} />
      {repository.may('repo.updateSettings') && <Gate />}
      {repository.may('collaborator.set') && <Collaborators />}
      {showsGroup && <ResourceGroup reason={why('repo.setGroup')} />}
      <Rename reason={why('repo.move')} />
      <Move reason={why('repo.move')} />
      <Delete reason={why('repo.delete')} />
    </Stack>
  )
}

const words: Record<string, string> = {
  'repo.updateSettings': 'You need the write role (or admin, if the organization keeps repositories private).',
  'repo.setGroup': 'Only organization admins can change the resource group.',
  'repo.move': 'You need the write role. Collaborator access isn’t enough.',
  'repo.delete': 'You need the write role. Collaborator access isn’t enough.',
}

function whyNot(repository: Repository, action: string): string | undefined {
  return repository.may(action) ? undefined : words[action]
}

function stateOf({ id, row }: Repository): string {
  const group = row.resourceGroup ? ` · resource group ${row.resourceGroup.name}` : ''
  const by = row.createdBy ? ` · created by ${row.createdBy}` : ''
  return `${id} · ${row.private ? 'private' : 'public'}${group}${by}`
}
