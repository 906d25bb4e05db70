import { Button, Group, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { sso } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { CodeBox } from '../../../pieces/CodeBox.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { counted } from '../../../words.ts'

/** Who can get in without SSO when the identity provider is down. */
export function BreakGlass({ org, settings: { breakGlass } }: { org: Org; settings: sso.SsoSettings }) {
  const [admins, setAdmins] = useState(breakGlass.admins.join(', '))
  const save = useChange(sso.setBreakGlassAdmins, () => showDone('Break-glass admins saved.'))
  const create = useChange(sso.createBreakGlassCodes)
  const params = { org: org.name }
  const names = admins.split(/[\s,]+/).filter((name) => name !== '')
  return (
    <Block
      title="Break-glass access"
      about="If the identity provider is down, these admins can get in for 60 minutes to repair SSO. To enforce SSO, you need two of them, or ten one-time codes."
    >
      <Form
        label="Break-glass admins"
        onSubmit={() => save.mutate({ params, body: { admins: names } })}
        rest={save.error}
      >
        <TextInput
          label="Break-glass admins"
          description="Usernames of admins, separated by commas."
          value={admins}
          onChange={({ currentTarget }) => setAdmins(currentTarget.value)}
        />
        <Group>
          <Button type="submit" loading={save.isPending}>
            Save break-glass admins
          </Button>
        </Group>
      </Form>
      <Text size="sm">{counted(breakGlass.codesLeft, 'unused one-time code')}</Text>
      <ErrorNote error={create.error} />
      {create.data ? (
        <>
          <Text size="sm">Print these codes now. They aren’t shown again.</Text>
          <CodeBox label="One-time codes" lines={create.data.codes.join('\n')} />
        </>
      ) : (
        <Group>
          <Button loading={create.isPending} onClick={() => create.mutate({ params })}>
            Create one-time codes
          </Button>
        </Group>
      )}
    </Block>
  )
}
