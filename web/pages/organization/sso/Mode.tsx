import { Button, Group, List, Text } from '@mantine/core'
import { useState } from 'react'
import { type SsoMode, sso } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'

interface Part {
  org: Org
  settings: sso.SsoSettings
}

/** Whether SSO is off, optional, or enforced. */
export function Mode({ org, settings }: Part) {
  const [asked, setAsked] = useState(false)
  const change = useChange(sso.setSsoMode, ({ mode }) => showDone(mode === 'off' ? 'SSO is off.' : `SSO is ${mode}.`))
  const to = (mode: SsoMode) => change.mutate({ params: { org: org.name }, body: { mode } })
  const { mode, missing } = settings
  return (
    <Block title="Enforcement" about="While SSO is on, invite links don’t work. People join with the SSO join link.">
      {mode !== 'enforced' && missing.length > 0 && (
        <>
          <Text size="sm">Before you can enforce SSO:</Text>
          <List size="sm">
            {missing.map((each) => (
              <List.Item key={each}>{each}</List.Item>
            ))}
          </List>
        </>
      )}
      <ErrorNote error={change.error} />
      <Group>
        {mode !== 'enforced' && (
          <Button disabled={missing.length > 0} onClick={() => setAsked(true)}>
            Enforce SSO…
          </Button>
        )}
        {mode !== 'optional' && (
          <Button loading={change.isPending} onClick={() => to('optional')}>
            {mode === 'off' ? 'Turn on SSO as optional' : 'Make SSO optional'}
          </Button>
        )}
        {mode !== 'off' && (
          <Button loading={change.isPending} onClick={() => to('off')}>
            Turn off SSO
          </Button>
        )}
      </Group>
      {asked && <Enforce org={org} onClose={() => setAsked(false)} />}
    </Block>
  )
}

function Enforce({ org, onClose }: { org: Org; onClose: () => void }) {
  const save = useChange(sso.setSsoMode, () => {
    showDone('SSO is enforced.')
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={`Enforce SSO in ${org.name}`}
      label="Enforce SSO"
      busy={save.isPending}
      error={save.error}
      onConfirm={() => save.mutate({ params: { org: org.name }, body: { mode: 'enforced' } })}
      onClose={onClose}
    >
      <Text size="sm">From now on, in {org.name}:</Text>
      <List size="sm">
        <List.Item>Members lose access until they sign in with SSO. They stay members.</List.Item>
        <List.Item>
          Admins who have never signed in with SSO don’t count as active, unless they are break-glass admins.
        </List.Item>
        <List.Item>Access tokens of members stop working until they sign in with SSO.</List.Item>
        <List.Item>Service accounts, external collaborators, and public repositories are not affected.</List.Item>
        <List.Item>Invite links stop working.</List.Item>
      </List>
    </ConfirmByTyping>
  )
}
