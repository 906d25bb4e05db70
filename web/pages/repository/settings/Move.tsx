import { Button, Group, List, NativeSelect, Text } from '@mantine/core'
import { useState } from 'react'
import { collaborators, repos, users } from '../../../../api/index.ts'
import { creatableIn } from '../../../creators.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { useRepository } from '../../../repository.ts'
import { useAccount } from '../../../session.ts'
import { counted } from '../../../words.ts'
import { useFollow } from './useFollow.ts'

/** Giving the repository to another namespace, where one may create repositories. */
export function Move({ reason }: { reason: string | undefined }) {
  const { namespace, name } = useRepository()
  const places = usePlaces().filter((place) => place !== namespace)
  const [to, setTo] = useState('')
  const [asked, setAsked] = useState(false)
  const why = reason ?? (places.length === 0 ? 'You can’t create repositories under any other owner.' : undefined)
  return (
    <Block title="Owner" about="Transfer the repository to another owner. The old address redirects to the new one.">
      <Group align="flex-end" gap="sm">
        <NativeSelect
          label="New owner"
          flex="1 1 14rem"
          disabled={why !== undefined}
          data={[{ value: '', label: 'Choose an owner' }, ...places]}
          value={to}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
        />
        <Why reason={why}>
          <Button disabled={why !== undefined || to === ''} onClick={() => setAsked(true)}>
            Transfer…
          </Button>
        </Why>
      </Group>
      {asked && <ConfirmMove to={`${to}/${name}`} onClose={() => setAsked(false)} />}
    </Block>
  )
}

function usePlaces(): string[] {
  const account = useAccount()
  const { data } = useMaybe(users.listMyOrganizations, {})
  return [...(account ? [account.name] : []), ...creatableIn(data?.organizations ?? [])]
}

function ConfirmMove({ to, onClose }: { to: string; onClose: () => void }) {
  const { id, type, namespace, row, params } = useRepository()
  const follow = useFollow()
  const move = useChange(repos.moveRepo, () => follow(to))
  const { data: grants } = useMaybe(collaborators.listCollaborators, { params })
  return (
    <ConfirmByTyping
      opened
      title={`Transfer ${id} to ${to}`}
      word={id}
      label={`Transfer ${id}`}
      busy={move.isPending}
      error={move.error}
      onConfirm={() => move.mutate({ body: { fromRepo: id, toRepo: to, type } })}
      onClose={onClose}
    >
      <List size="sm" spacing={2}>
        <List.Item>Roles in {namespace} no longer give access. Roles in the new owner do.</List.Item>
        {row.resourceGroup && <List.Item>It is removed from the resource group {row.resourceGroup.name}.</List.Item>}
        {grants && grants.length > 0 && (
          <List.Item>{counted(grants.length, 'collaborator keeps', 'collaborators keep')} access.</List.Item>
        )}
        <List.Item>
          <Text span inherit>
            Clones and downloads under {id} keep working until another account takes that name.
          </Text>
        </List.Item>
      </List>
    </ConfirmByTyping>
  )
}
