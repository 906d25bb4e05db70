import { Button, Group, List, NativeSelect, Text } from '@mantine/core'
import { useState } from 'react'
import { collaborators, repos, users } from '../../../../api/index.ts'
import { creatableIn } from '../../../creators.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { useRepository } from '../../../repository.ts'
import { useAccount } from '../../../session.ts'
import { counted } from '../../../words.ts'
import { useFollow } from './useFollow.ts'

/** Giving the repository to another namespace, where one may create repositories. */
export function Move() {
  const { namespace } = useRepository()
  const places = usePlaces()?.filter((place) => place !== namespace)
  return (
    <Block title="Owner" about="Transfer the repository to another owner. The old address redirects to the new one.">
      {places?.length === 0 ? (
        <Text size="sm">You can’t create repositories under any other owner.</Text>
      ) : (
        <Choice places={places ?? []} />
      )}
    </Block>
  )
}

function Choice({ places }: { places: string[] }) {
  const { name } = useRepository()
  const [to, setTo] = useState('')
  const [asked, setAsked] = useState(false)
  return (
    <Group align="flex-end" gap="sm">
      <NativeSelect
        label="New owner"
        flex="1 1 14rem"
        data={[{ value: '', label: 'Choose an owner' }, ...places]}
        value={to}
        onChange={({ currentTarget }) => setTo(currentTarget.value)}
      />
      <Button disabled={to === ''} onClick={() => setAsked(true)}>
        Transfer…
      </Button>
      {asked && <ConfirmMove to={`${to}/${name}`} onClose={() => setAsked(false)} />}
    </Group>
  )
}

// Undefined while it is being read
function usePlaces(): string[] | undefined {
  const account = useAccount()
  const { data } = useMaybe(users.listMyOrganizations, {})
  return data && [...(account ? [account.name] : []), ...creatableIn(data.organizations)]
}

function ConfirmMove({ to, onClose }: { to: string; onClose: () => void }) {
  const { id, type, namespace, row, params } = useRepository()
  const you = useAccount()?.name
  const [owner] = to.split('/')
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
        <List.Item>
          Roles in {namespace} no longer give access.
          {owner === you ? ' You own it.' : ` Roles in ${owner} do.`}
        </List.Item>
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
