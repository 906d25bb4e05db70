import { Button, Group, Text } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { type ReplyOf, users } from '../../../../api/index.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { DangerButton } from '../../../pieces/DangerButton.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { TwoFactorNote } from '../../../pieces/TwoFactorNeeded.tsx'
import { When } from '../../../pieces/When.tsx'
import { counted, listed } from '../../../words.ts'
import { useNext } from '../../doors/Door.tsx'
import { DisableTwoFactor } from './DisableTwoFactor.tsx'
import { ConfirmTwoFactor } from './EnableTwoFactor.tsx'
import { RecoveryCodes } from './RecoveryCodes.tsx'
import { RenewCodes } from './RenewCodes.tsx'

type Factor = ReplyOf<typeof users.getTwoFactor>
type Step =
  | { at: 'rest' }
  | { at: 'scan'; secret: string; uri: string }
  | { at: 'codes'; codes: string[]; fresh: boolean }
  | { at: 'renew' }

/** Turning 2FA on or off, and generating new recovery codes. Who was sent here to turn it on goes back afterwards. */
export function TwoFactor({ factor }: { factor: Factor }) {
  const [step, setStep] = useState<Step>({ at: 'rest' })
  const next = useNext()
  const { history } = useRouter()
  const rest = () => setStep({ at: 'rest' })
  const back = () => (next === '/' ? rest() : history.push(next))
  if (step.at === 'codes')
    return <RecoveryCodes codes={step.codes} fresh={step.fresh} onDone={step.fresh ? back : rest} />
  if (factor.enabled) {
    return (
      <>
        <On factor={factor} onRenew={() => setStep({ at: 'renew' })} />
        {step.at === 'renew' && (
          <RenewCodes onDone={(codes) => setStep({ at: 'codes', codes, fresh: false })} onCancel={rest} />
        )}
      </>
    )
  }
  if (step.at === 'scan') {
    const { secret, uri } = step
    const done = (codes: string[]) => setStep({ at: 'codes', codes, fresh: true })
    return <ConfirmTwoFactor secret={secret} uri={uri} onDone={done} onCancel={rest} />
  }
  return <Off onBegun={(begun) => setStep({ at: 'scan', ...begun })} />
}

function Off({ onBegun }: { onBegun: (begun: { secret: string; uri: string }) => void }) {
  const begin = useChange(users.beginTwoFactor, onBegun)
  const { data } = useMaybe(users.listMyOrganizations, {})
  const waiting = data?.organizations.filter(({ blockedBy }) => blockedBy.includes('mfa')).map(({ name }) => name) ?? []
  return (
    <>
      {waiting.length > 0 && (
        <TwoFactorNote plain>{`Turn on 2FA to regain access to ${listed(waiting)}.`}</TwoFactorNote>
      )}
      <Group>
        <Button variant="filled" loading={begin.isPending} onClick={() => begin.mutate({})}>
          Turn on 2FA
        </Button>
      </Group>
      <ErrorNote error={begin.error} />
    </>
  )
}

const fewCodes = 3

function On({ factor, onRenew }: { factor: Factor; onRenew: () => void }) {
  const { enabledAt, recoveryCodesLeft } = factor
  const [disabling, setDisabling] = useState(false)
  return (
    <>
      <Text size="sm">
        On
        {enabledAt && (
          <>
            {' '}
            since <When time={enabledAt} />
          </>
        )}
        , with {counted(recoveryCodesLeft, 'recovery code')} left.
        {recoveryCodesLeft <= fewCodes && ' Regenerate them before you run out.'}
      </Text>
      <Group gap="xs">
        <Button onClick={onRenew}>Regenerate recovery codes</Button>
        <DangerButton onClick={() => setDisabling(true)}>Turn off 2FA…</DangerButton>
      </Group>
      <DisableTwoFactor opened={disabling} onClose={() => setDisabling(false)} />
    </>
  )
}
