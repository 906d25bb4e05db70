import { Text } from '@mantine/core'
import { useState } from 'react'
import { sso } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { DangerButton } from '../../../pieces/DangerButton.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'

/** Forgets the identity provider. */
export function Remove({ org }: { org: Org }) {
  const [asked, setAsked] = useState(false)
  const remove = useChange(sso.deleteSso, () => showDone('Single sign-on was removed.'))
  return (
    <Block
      title="Remove single sign-on"
      about="Turns off SSO and deletes its settings, so that you can set it up again."
    >
      <div>
        <DangerButton onClick={() => setAsked(true)}>Remove SSO…</DangerButton>
      </div>
      {asked && (
        <ConfirmByTyping
          opened
          title={`Remove single sign-on from ${org.name}`}
          label="Remove SSO"
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate({ params: { org: org.name } })}
          onClose={() => setAsked(false)}
        >
          <Text size="sm">
            The settings and mappings are deleted, and all identities are unlinked. Members keep their roles, and sign
            in with their own accounts.
          </Text>
        </ConfirmByTyping>
      )}
    </Block>
  )
}
