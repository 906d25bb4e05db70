import { Group } from '@mantine/core'
import { useState } from 'react'
import { ApiError, collaborators } from '../../../../api/index.ts'
import { useGo } from '../../../go.ts'
import { useMaybe } from '../../../hub.ts'
import { Block } from '../../../pieces/Block.tsx'
import { DangerButton } from '../../../pieces/DangerButton.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { sayDay } from '../../../pieces/When.tsx'
import { useRepository } from '../../../repository.ts'
import { useAccount } from '../../../session.ts'
import { EndGrant } from './grants.tsx'

/** The viewer's own collaborator access, which they may give up; nothing where there is none. */
export function OwnGrant() {
  const { type, id, row, params, may } = useRepository()
  const you = useAccount()?.name
  const go = useGo()
  const [asked, setAsked] = useState(false)
  // Who decides about the grants finds their own among them.
  const asks = you !== undefined && may('collaborator.remove') && !may('collaborator.set')
  const { data, error } = useMaybe(
    collaborators.getCollaborator,
    asks ? { params: { ...params, username: you } } : undefined,
  )
  if (error && !(error instanceof ApiError && error.status < 500)) return <ErrorNote error={error} />
  if (!data) return null
  const until = data.expiresAt === null ? '' : ` until ${sayDay(data.expiresAt)}`
  const by = data.addedBy === null ? '' : ` Added by ${data.addedBy}.`
  const repo = { type, id, private: row.private === true }
  return (
    <Block title="Your access" about={`You have ${data.role} access as a collaborator${until}.${by}`}>
      <Group>
        <DangerButton onClick={() => setAsked(true)}>Leave repository…</DangerButton>
      </Group>
      {asked && (
        <EndGrant grant={data} repo={repo} own onDone={() => void go({ to: '/' })} onClose={() => setAsked(false)} />
      )}
    </Block>
  )
}
