import { NumberInput, SimpleGrid, TextInput } from '@mantine/core'
import { joining, type OrgRole } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useApiForm } from '../../../form.ts'
import type { Org } from '../../../organization.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { DaysField, RoleField, useDefaultRole } from './fields.tsx'
import { LinkShown } from './LinkShown.tsx'

/** Creates an invite link, and shows it once. */
export function NewLink({ org, opened, onClose }: { org: Org; opened: boolean; onClose: () => void }) {
  const form = useLinkForm(org)
  const made = form.change.data
  const close = () => {
    onClose()
    form.change.reset()
  }
  return (
    <Dialog
      opened={opened}
      onClose={close}
      size="lg"
      title={made ? 'Copy your invite link' : `Create invite link for ${org.name}`}
      // The link is shown only once.
      stays={made !== undefined}
    >
      {made ? <LinkShown link={made} onDone={close} /> : <LinkForm org={org} form={form} onClose={close} />}
    </Dialog>
  )
}

const lifetimes = [1, 2, 7, 14, 30, 90, 365]
const mostUses = 100_000

function useLinkForm(org: Org) {
  const usual = useDefaultRole(org)
  return useApiForm(joining.createInviteLink, {
    start: {
      label: '',
      emailDomain: '',
      role: undefined as OrgRole | undefined,
      expiresInDays: joining.inviteLinkDays.usual as number,
      maxUses: '' as number | string,
    },
    input: ({ label, emailDomain, role, expiresInDays, maxUses }) => {
      const domain = emailDomain.trim().replace(/^@/, '')
      return {
        params: { org: org.name },
        body: {
          role: linkRole(role ?? usual),
          expiresInDays,
          maxUses: typeof maxUses === 'number' ? maxUses : null,
          ...(label.trim() && { label: label.trim() }),
          ...(domain && { emailDomain: domain }),
        },
      }
    },
    after: () => restart(joining.listInviteLinks),
    clears: true,
  })
}

interface LinkFormParts {
  org: Org
  form: ReturnType<typeof useLinkForm>
  onClose: () => void
}

function LinkForm({ org, form, onClose }: LinkFormParts) {
  const usual = useDefaultRole(org)
  const role = form.field('role')
  return (
    <ApiForm of={form} label="Create invite link">
      <TextInput
        label="Name"
        description="Optional label, for example “Autumn course”."
        maxLength={100}
        autoComplete="off"
        data-autofocus
        {...form.field('label')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ alignItems: 'start' }}>
        <RoleField org={org} {...role} value={linkRole(form.values.role ?? usual)} belowAdmin />
        <DaysField choices={lifetimes} {...form.field('expiresInDays')} value={form.values.expiresInDays} />
        <NumberInput
          label="Maximum uses"
          placeholder="No limit"
          min={1}
          max={mostUses}
          allowDecimal={false}
          {...form.field('maxUses')}
        />
        <TextInput
          label="Email domain"
          placeholder="Any domain"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={253}
          {...form.field('emailDomain')}
        />
      </SimpleGrid>
      <FormButtons label="Create link" busy={form.change.isPending} onClose={onClose} />
    </ApiForm>
  )
}

function linkRole(role: OrgRole): joining.LinkRole {
  return joining.LinkRole.options.find((known) => known === role) ?? 'write'
}
