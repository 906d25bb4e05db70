import { Box, Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { recovery } from '../../../api/index.ts'
import { useChange } from '../../hub.ts'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import classes from './Petition.module.css'
import { called } from './words.ts'

type Petition = recovery.Petition

/** What others may do about a petition, each with what it does beside it; one click does it. */
export function MemberDeeds({ petition }: { petition: Petition }) {
  const { may, organization, id, person, quorum } = petition
  const input = { params: { org: organization, id } }
  const confirm = useChange(recovery.confirmPetition, () => showDone('You have confirmed it.'))
  const veto = useChange(recovery.vetoPetition, () => showDone('The petition is stopped.'))
  const busy = confirm.isPending || veto.isPending
  if (!may.includes('confirm') && !may.includes('veto')) return null
  return (
    <div>
      {may.includes('confirm') && (
        <Deed
          label="Confirm"
          isMain
          busy={busy}
          words={`You say that ${called(person)} should become admin of ${organization}.${quorum ? ` ${quorum.needed} such voices are needed.` : ''} Confirm only if you know that it is them who ask.`}
          onDo={() => confirm.mutate(input)}
        />
      )}
      {may.includes('veto') && (
        <Deed
          label="Stop it"
          isDanger
          busy={busy}
          words={`Ends this petition at once, and tells everybody. ${called(person)} does not become admin, and may ask again after 30 days.`}
          onDo={() => veto.mutate(input)}
        />
      )}
      <ErrorNote error={confirm.error ?? veto.error} />
    </div>
  )
}

/** The way out for whoever asked. */
export function TakeBack({ petition: { may, organization, id } }: { petition: Petition }) {
  const withdraw = useChange(recovery.withdrawPetition, () => showDone('The petition is taken back.'))
  if (!may.includes('withdraw')) return null
  return (
    <Box mt="xl">
      <Deed
        label="Take it back"
        busy={withdraw.isPending}
        words="Ends this petition at once. Nothing else changes, and a new one can be begun later."
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
