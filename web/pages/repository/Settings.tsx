import { Stack } from '@mantine/core'
import { IconSettings } from '@tabler/icons-react'
import { Block } from '../../pieces/Block.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { SignInFirst } from '../../pieces/SignInFirst.tsx'
import { repoPage } from '../../places.ts'
import { mayOpenSettings, type Repository, useRepository } from '../../repository.ts'
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
  return (
    <>
      <title>{`Settings · ${repository.id}`}</title>
      {mayOpenSettings(repository) ? <Parts repository={repository} /> : <NotYours repository={repository} />}
    </>
  )
}

function NotYours({ repository: { id } }: { repository: Repository }) {
  return (
    <Empty title="You can’t change these settings" icon={<IconSettings size={28} />}>
      Only people with write access to {id} can change its settings. Ask one of its admins.
    </Empty>
  )
}

// What is only read is text, without controls, and what cannot be done is left out
function Parts({ repository }: { repository: Repository }) {
  const { may, row } = repository
  return (
    <Stack gap={0}>
      <OwnGrant />
      {may('access.whoCan') && (
        <Block title="Access" about="See who can read or change this repository, and how they got access.">
          <ButtonTo {...repoPage(repository, '/settings/access')} style={{ alignSelf: 'flex-start' }}>
            View who has access
          </ButtonTo>
        </Block>
      )}
      <Visibility reason={whyNot(repository, 'repo.updateSettings')} />
      {may('repo.updateSettings') && <Gate />}
      {may('collaborator.set') && <Collaborators />}
      {(may('repo.setGroup') || row.resourceGroup) && <ResourceGroup reason={whyNot(repository, 'repo.setGroup')} />}
      {may('repo.move') && (
        <>
          <Rename />
          <Move />
        </>
      )}
      {may('repo.delete') && <Delete />}
      <LeftOut repository={repository} />
    </Stack>
  )
}

/** What the viewer cannot do here, and the role that it takes. */
function LeftOut({ repository: { may } }: { repository: Repository }) {
  const left = [may('repo.move') ? [] : ['rename', 'transfer'], may('repo.delete') ? [] : ['delete']].flat()
  if (left.length === 0) return null
  return (
    <Block
      title="Other changes"
      about={`To ${listed.format(left)} this repository, you need the write role. Collaborator access isn’t enough.`}
    >
      {null}
    </Block>
  )
}

const listed = new Intl.ListFormat('en', { type: 'disjunction' })

const words: Record<string, string> = {
  'repo.updateSettings':
    'To change it, you need the write role (or admin, if the organization keeps repositories private).',
  'repo.setGroup': 'Only organization admins can change it.',
}

function whyNot({ may }: Repository, action: string): string | undefined {
  return may(action) ? undefined : words[action]
}
