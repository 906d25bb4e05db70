import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { bulk, joining } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { client, refresh } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Busy } from '../import/Busy.tsx'
import { useDefaultRole } from '../invitations/fields.tsx'
import { ListForm } from './ListForm.tsx'
import { readList } from './rows.ts'
import { Verdicts } from './Verdicts.tsx'
import { bodyOf, type ListWish, noWish } from './wish.ts'

interface Steps {
  org: Org
  /** The invitations are made; the batch tells how far the emails are. */
  onSent: (batch: string, rows: bulk.InviteVerdict[]) => void
}

/** The list, then the preview, then the invitations. */
export function InviteMany({ org, onSent }: Steps) {
  const [wish, setWish] = useState<ListWish>(noWish)
  const usual = useDefaultRole(org)
  const { plan, apply } = useInvitations(org, onSent)
  const body = () => {
    const list = readList(wish.text)
    return list && bodyOf(wish, list, usual)
  }
  const look = () => {
    apply.reset()
    const asked = body()
    if (asked) plan.mutate(asked)
  }
  const send = (planHash: string) => {
    const asked = body()
    if (asked) apply.mutate({ ...asked, planHash })
  }
  if (apply.isPending) return <Busy words="Creating invitations" />
  if (plan.isPending) return <Busy words="Preparing the preview" />
  if (plan.data) {
    return <Verdicts result={plan.data} error={apply.error} onLook={look} onSend={send} onBack={plan.reset} />
  }
  return <ListForm org={org} wish={wish} usual={usual} error={plan.error} onChange={setWish} onSubmit={look} />
}

type Asked = ReturnType<typeof bodyOf>

function useInvitations(org: Org, onSent: Steps['onSent']) {
  const params = { org: org.name }
  const plan = useMutation({
    mutationFn: (asked: Asked) => client.call(bulk.bulkInvite, { params, body: { ...asked, mode: 'plan' } }),
  })
  const apply = useMutation({
    mutationFn: (asked: Asked & { planHash: string }) =>
      client.call(bulk.bulkInvite, { params, body: { ...asked, mode: 'apply' } }),
    onSuccess: ({ batch, rows }) => {
      restart(joining.listInvitations)
      void refresh()
      if (batch === null) showDone('There was no one left to invite.')
      else onSent(batch, rows)
    },
  })
  return { plan, apply }
}
