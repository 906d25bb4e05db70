import { TextInput } from '@mantine/core'
import { serviceAccounts } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { ConfirmTokenDeed } from '../../../pieces/TokenDeeds.tsx'
import { Secret } from '../../account/tokens/Secret.tsx'
import { ReachField } from './ReachField.tsx'
import { type Account, bodyOf, nothing, type Reach, reachOf, type Token } from './reach.ts'

interface OfAccount {
  org: Org
  account: Account
  onClose: () => void
}

interface OfToken extends OfAccount {
  token: Token
}

const start: Reach & { displayName: string } = { displayName: '', ...nothing }

/** Creates a token of a service account, and shows its secret once. */
export function NewToken({ org, account, onClose }: OfAccount) {
  const form = useApiForm(serviceAccounts.createServiceToken, {
    start,
    input: ({ displayName, ...reach }) => ({
      params: { org: org.name, serviceAccountId: account.id },
      body: { displayName: displayName.trim(), ...bodyOf(reach) },
    }),
  })
  const made = form.change.data
  return (
    <Dialog
      opened
      onClose={onClose}
      size="lg"
      title={made ? `Copy the new token ${made.tokenInfo.displayName}` : `New token for ${account.name}`}
      stays={made !== undefined}
    >
      {made ? (
        <Secret token={made.token} onDone={onClose} />
      ) : (
        <ApiForm of={form} label="New token">
          <Fields org={org} form={form} />
          <FormButtons label="Create token" busy={form.change.isPending} onClose={onClose} />
        </ApiForm>
      )}
    </Dialog>
  )
}

/** Changes the name of a token, and what it can reach. */
export function EditToken({ org, account, token, onClose }: OfToken) {
  const form = useApiForm(serviceAccounts.updateServiceToken, {
    start: { displayName: token.name, ...reachOf(token) },
    input: ({ displayName, ...reach }) => ({
      params: { org: org.name, serviceAccountId: account.id, tokenId: token.id },
      body: { displayName: displayName.trim(), ...bodyOf(reach) },
    }),
    after: ({ displayName }) => {
      showDone(`Token ${displayName} saved.`)
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} size="lg" title={`Edit ${token.name}`}>
      <ApiForm of={form} label="Edit token">
        <Fields org={org} form={form} />
        <FormButtons label="Save token" busy={form.change.isPending} onClose={onClose} />
      </ApiForm>
    </Dialog>
  )
}

interface Form {
  values: Reach & { displayName: string }
  set: (values: Partial<Reach>) => void
  field: (name: 'displayName') => object
  problem: (path: string) => unknown
}

function Fields({ org, form }: { org: Org; form: Form }) {
  return (
    <>
      <TextInput
        label="Name"
        description="For example “CI” or “Staging”."
        maxLength={100}
        autoComplete="off"
        required
        data-autofocus
        {...form.field('displayName')}
      />
      <ReachField org={org} reach={form.values} onChange={form.set} problem={form.problem} />
    </>
  )
}

/** Replaces the secret of a token, and shows the new one once. */
export function RotateToken({ org, account, token, onClose }: OfToken) {
  const rotate = useChange(serviceAccounts.rotateServiceToken)
  if (rotate.data) {
    return (
      <Dialog opened onClose={onClose} size="lg" title={`Copy the new token ${token.name}`} stays>
        <Secret token={rotate.data.token} onDone={onClose} />
      </Dialog>
    )
  }
  return (
    <ConfirmTokenDeed
      deed="Rotate"
      token={token}
      change={rotate}
      onConfirm={() => rotate.mutate({ params: { org: org.name, serviceAccountId: account.id, tokenId: token.id } })}
      onClose={onClose}
    >
      You get a new token. The old one stops working immediately. Its permissions don’t change.
    </ConfirmTokenDeed>
  )
}

/** Deletes a token. */
export function DeleteToken({ org, account, token, onClose }: OfToken) {
  const remove = useChange(serviceAccounts.deleteServiceToken, () => {
    showDone(`Token ${token.name} deleted.`)
    onClose()
  })
  return (
    <ConfirmTokenDeed
      deed="Delete"
      token={token}
      change={remove}
      onConfirm={() => remove.mutate({ params: { org: org.name, serviceAccountId: account.id, tokenId: token.id } })}
      onClose={onClose}
    >
      Anything using this token loses access immediately. This can’t be undone.
    </ConfirmTokenDeed>
  )
}
