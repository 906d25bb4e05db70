import { Box, Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { recovery } from '../../../api/index.ts'
import { useChange } from '../../hub.ts'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { counted } from '../../words.ts'
import classes from './Request.module.css'
import { called } from './words.ts'

type RecoveryRequest = recovery.RecoveryRequest

/** What others may do about a recovery request, each with what it does beside it; one click does it. */
export function MemberDeeds({ recoveryRequest }: { recoveryRequest: RecoveryRequest }) {
  const { may, organization, id, person, quorum } = recoveryRequest
  const input = { params: { org: organization, id } }
  const confirm = useChange(recovery.confirmRecoveryRequest, () => showDone('Recovery request confirmed.'))
  const veto = useChange(recovery.vetoRecoveryRequest, () => showDone('You objected. The recovery request has ended.'))
  const busy = confirm.isPending || veto.isPending
  if (!may.includes('confirm') && !may.includes('veto')) return null
  return (
    <div>
      {may.includes('confirm') && (
        <Deed
          label="Confirm"
          isMain
          busy={busy}
          words={`Confirms that ${called(person)} should become admin of ${organization}.${quorum ? ` ${counted(quorum.needed, 'confirmation is', 'confirmations are')} needed.` : ''} Confirm only if you’re sure that the request is theirs.`}
          onDo={() => confirm.mutate(input)}
        />
      )}
      {may.includes('veto') && (
        <Deed
          label="Object"
          isDanger
          busy={busy}
          words={`Ends this recovery request immediately and notifies everyone involved. ${called(person)} does not become admin and can ask again after 30 days.`}
          onDo={() => veto.mutate(input)}
        />
      )}
      <ErrorNote error={confirm.error ?? veto.error} />
    </div>
  )
}

/** Lets the requester withdraw. */
export function Withdraw({ recoveryRequest: { may, organization, id } }: { recoveryRequest: RecoveryRequest }) {
  const withdraw = useChange(recovery.withdrawRecoveryRequest, () => showDone('Recovery request withdrawn.'))
  if (!may.includes('withdraw')) return null
  return (
    <Box mt="xl">
      <Deed
        label="Withdraw request"
        busy={withdraw.isPending}
        words="Ends this recovery request immediately. Nothing else changes. You can open a new one later."
        onDo={() => withdraw.mutate({ params: { org: organization, id } })}
      />
      <ErrorNote error={withdraw.error} />
    </Box>
  )
}

interface One {
  label: string
  words: ReactNode
  busy: boolean
  isMain?: boolean
  isDanger?: boolean
  onDo: () => void
}

/** A button with what it does beside it. */
export function Deed({ label, words, busy, isMain = false, isDanger = false, onDo }: One) {
  return (
    <div className={classes.deed}>
      <div className={classes.deedWords}>{words}</div>
      <Button
        flex="none"
        variant={isDanger ? 'outline' : isMain ? 'filled' : 'default'}
        {...(isDanger ? { color: 'red' } : {})}
        disabled={busy}
        onClick={onDo}
      >
        {label}
      </Button>
    </div>
  )
}
