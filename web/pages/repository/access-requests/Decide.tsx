import { NativeSelect, Text, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type CallInput, gated } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { client, refresh } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { useRepository } from '../../../repository.ts'
import { counted } from '../../../words.ts'
import { ends, momentOf } from '../settings/ends.ts'

/** What is decided, about whom. */
export interface Decision {
  status: gated.RequestState
  users: string[]
}

type Wish = Omit<CallInput<typeof gated.handleAccessRequests>['body'], 'requests' | 'status'>

// As many as one request may decide; each is applied whole, or not at all.
const mostAtOnce = 1000

function useDecide({ status, users }: Decision, onDone: () => void) {
  const { params } = useRepository()
  return useMutation({
    mutationFn: async (wish: Wish) => {
      for (let from = 0; from < users.length; from += mostAtOnce) {
        const requests = users.slice(from, from + mostAtOnce).map((user) => ({ user }))
        await client.call(gated.handleAccessRequests, { params, body: { status, requests, ...wish } })
      }
    },
    onSuccess: () => {
      showDone(doneWords[status](whom(users)))
      onDone()
    },
    // Of several batches, some may have been applied
    onSettled: () => {
      restart(gated.listAccessRequests)
      void refresh()
    },
  })
}

const doneWords: Record<gated.RequestState, (which: string) => string> = {
  accepted: (which) => `Accepted ${which}.`,
  rejected: (which) => `Rejected ${which}.`,
  pending: (which) => `Moved ${which} to pending.`,
}

function whom(users: string[]): string {
  const [first = ''] = users
  return users.length === 1 ? `the request of ${first}` : counted(users.length, 'request')
}

interface Asking {
  decision: Decision
  onDone: () => void
  onClose: () => void
}

/** Asks before requests are decided: until when access lasts, or why it is rejected. */
export function Decide({ decision, onDone, onClose }: Asking) {
  const { status, users } = decision
  const [days, setDays] = useState('')
  const [reason, setReason] = useState('')
  const { mutate, isPending, error } = useDecide(decision, () => {
    onDone()
    onClose()
  })
  const words = reason.trim()
  const wishes: Record<gated.RequestState, Wish> = {
    accepted: { expiresAt: momentOf(days) },
    rejected: words === '' ? {} : { rejectionReason: words },
    pending: {},
  }
  const { title, label } = titles[status]
  return (
    <ConfirmByTyping
      opened
      danger={status === 'rejected'}
      title={title(whom(users))}
      label={label}
      busy={isPending}
      error={error}
      onConfirm={() => mutate(wishes[status])}
      onClose={onClose}
    >
      {status === 'accepted' && (
        <NativeSelect
          label="Access expires"
          data={ends}
          w={180}
          value={days}
          onChange={({ currentTarget }) => setDays(currentTarget.value)}
        />
      )}
      {status === 'rejected' && (
        <Textarea
          label="Reason"
          description="Optional. The person sees it."
          autosize
          minRows={2}
          maxRows={6}
          maxLength={200}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          data-autofocus
        />
      )}
      <Text size="sm">{effects[status](users.length === 1 ? (users[0] ?? '') : 'They')}</Text>
    </ConfirmByTyping>
  )
}

const titles: Record<gated.RequestState, { title: (which: string) => string; label: string }> = {
  accepted: { title: (which) => `Accept ${which}`, label: 'Accept' },
  rejected: { title: (which) => `Reject ${which}`, label: 'Reject' },
  pending: { title: (which) => `Move ${which} to pending`, label: 'Move to pending' },
}

const effects: Record<gated.RequestState, (who: string) => string> = {
  accepted: (who) => `${who} ${gets(who)} an email and can download the files.`,
  rejected: (who) => `${who} ${gets(who)} an email, ${has(who)} no access to the files, and can’t request it again.`,
  pending: (who) => `${who} ${has(who)} no access to the files until you decide again.`,
}

const gets = (who: string) => (who === 'They' ? 'get' : 'gets')
const has = (who: string) => (who === 'They' ? 'have' : 'has')
