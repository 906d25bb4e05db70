import { Button, Group, NumberInput, SimpleGrid, TextInput } from '@mantine/core'
import { useState } from 'react'
import { joining, type OrgRole } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { problemAt, useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { DaysField, RoleField, useDefaultRole } from './fields.tsx'
import { LinkShown } from './LinkShown.tsx'

/** Creates an invite link, and shows it once. */
export function NewLink({ org, opened, onClose }: { org: Org; opened: boolean; onClose: () => void }) {
  const create = useChange(joining.createInviteLink, () => restart(joining.listInviteLinks))
  const close = () => {
    onClose()
    create.reset()
  }
  const isMade = create.data !== undefined
  return (
    <Dialog
      opened={opened}
      onClose={close}
      size="lg"
      title={isMade ? 'Copy your invite link' : `Create invite link for ${org.name}`}
      // The link is shown only once.
      stays={isMade}
    >
      {create.data ? (
        <LinkShown link={create.data} onDone={close} />
      ) : (
        <LinkForm
          org={org}
          error={create.error}
          busy={create.isPending}
          onSubmit={(body) => create.mutate({ params: { org: org.name }, body })}
        />
      )}
    </Dialog>
  )
}

interface Wish {
  role: joining.LinkRole
  expiresInDays: number
  maxUses: number | null
  label?: string
  emailDomain?: string
}

interface FormParts {
  org: Org
  error: unknown
  busy: boolean
  onSubmit: (wish: Wish) => void
}

const lifetimes = [1, 2, 7, 14, 30, 90, 365]
const mostUses = 100_000

function LinkForm({ org, error, busy, onSubmit }: FormParts) {
  const start = { label: '', emailDomain: '', role: '', expiresInDays: '', maxUses: '' }
  const { values, field, rest } = useFields(start, error)
  const usual = useDefaultRole(org)
  const [role, setRole] = useState<OrgRole>()
  const [days, setDays] = useState<number>(joining.inviteLinkDays.usual)
  const [uses, setUses] = useState<number>()
  const submit = () => {
    const label = values.label.trim()
    const domain = values.emailDomain.trim().replace(/^@/, '')
    onSubmit({
      role: linkRole(role ?? usual),
      expiresInDays: days,
      maxUses: uses ?? null,
      ...(label === '' ? {} : { label }),
      ...(domain === '' ? {} : { emailDomain: domain }),
    })
  }
  return (
    <Form label="Create invite link" error={error} rest={rest} onSubmit={submit}>
      <TextInput
        label="Name"
        description="Optional label, for example “Autumn course”."
        maxLength={100}
        autoComplete="off"
        data-autofocus
        {...field('label')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ alignItems: 'end' }}>
        <RoleField
          org={org}
          value={linkRole(role ?? usual)}
          belowAdmin
          error={problemAt(error, 'role')}
          onChange={setRole}
        />
        <DaysField choices={lifetimes} value={days} error={problemAt(error, 'expiresInDays')} onChange={setDays} />
        <UsesField value={uses} error={problemAt(error, 'maxUses')} onChange={setUses} />
        <TextInput
          label="Email domain"
          placeholder="Any domain"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={253}
          {...field('emailDomain')}
        />
      </SimpleGrid>
      <Group justify="flex-end">
        <Button type="submit" variant="filled" loading={busy}>
          Create link
        </Button>
      </Group>
    </Form>
  )
}

interface UsesChoice {
  value: number | undefined
  error: string | undefined
  onChange: (uses: number | undefined) => void
}

function UsesField({ value, error, onChange }: UsesChoice) {
  return (
    <NumberInput
      label="Maximum uses"
      placeholder="No limit"
      min={1}
      max={mostUses}
      allowDecimal={false}
      value={value ?? ''}
      error={error}
      onChange={(typed) => onChange(typeof typed === 'number' ? typed : undefined)}
    />
  )
}

function linkRole(role: OrgRole): joining.LinkRole {
  return joining.LinkRole.options.find((known) => known === role) ?? 'write'
}
