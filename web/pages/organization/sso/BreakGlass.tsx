import { Alert, Button, Group, List, Text, TextInput } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { useState } from 'react'
import { sso } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { CodeBox } from '../../../pieces/CodeBox.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { counted } from '../../../words.ts'

/** Who can get in without SSO when the identity provider is down. */
export function BreakGlass({ org, settings: { breakGlass } }: { org: Org; settings: sso.SsoSettings }) {
  const [admins, setAdmins] = useState(breakGlass.admins.join(', '))
  const save = useChange(sso.setBreakGlassAdmins, () => showDone('Break-glass admins saved.'))
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
      <OneTimeCodes org={org} left={breakGlass.codesLeft} />
    </Block>
  )
}

function OneTimeCodes({ org, left }: { org: Org; left: number }) {
  const [asked, setAsked] = useState(false)
  const create = useChange(sso.createBreakGlassCodes, () => setAsked(false))
  const make = () => create.mutate({ params: { org: org.name } })
  return (
    <>
      <Text size="sm">{left === 0 ? 'No one-time codes' : counted(left, 'unused one-time code')}</Text>
      {!asked && <ErrorNote error={create.error} />}
      {create.data ? (
        <>
          <Alert variant="light" icon={<IconEyeOff aria-hidden />}>
            Print or copy these codes now. You won’t be able to see them again.
          </Alert>
          <CodeBox label="One-time codes" lines={create.data.codes.join('\n')} />
        </>
      ) : (
        <Group>
          <Button loading={create.isPending} onClick={() => (left === 0 ? make() : setAsked(true))}>
            {left === 0 ? 'Create one-time codes' : 'Replace one-time codes…'}
          </Button>
        </Group>
      )}
      <ConfirmByTyping
        opened={asked}
        title={`Replace the one-time codes of ${org.name}`}
        label="Replace one-time codes"
        busy={create.isPending}
        error={create.error}
        onConfirm={make}
        onClose={() => setAsked(false)}
      >
        <List size="sm">
          <List.Item>You get ten new codes to print.</List.Item>
          <List.Item>{replacedWords(left)} immediately.</List.Item>
        </List>
      </ConfirmByTyping>
    </>
  )
}

function replacedWords(left: number): string {
  return left === 1 ? 'The unused code stops working' : `The ${left} unused codes stop working`
}
