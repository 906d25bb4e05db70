import { Select, TextInput } from '@mantine/core'
import { operator, type Plan, plans } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useApiForm } from '../../../form.ts'
import { useMaybe } from '../../../hub.ts'
import { nameInUrl, whyNotAName } from '../../../names.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { useAccount } from '../../../session.ts'

/** Creates an organization for someone. */
export function NewOrganization({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="New organization">
      {opened && <OrganizationForm onClose={onClose} />}
    </Dialog>
  )
}

function OrganizationForm({ onClose }: { onClose: () => void }) {
  const you = useAccount()?.name ?? ''
  const { data: settings } = useMaybe(operator.getInstanceSettings, {})
  const form = useApiForm(operator.createOrganizationFor, {
    start: { name: '', fullname: '', admin: you, plan: null as Plan | null },
    input: ({ name, fullname, admin, plan }) => ({
      body: {
        name: name.trim(),
        admin: admin.trim(),
        ...(fullname.trim() && { fullname: fullname.trim() }),
        ...(plan && { plan }),
      },
    }),
    check: ({ name }) => ({ name: name === '' ? undefined : whyNotAName(name.trim()) }),
    after: ({ name }) => {
      restart(operator.listOrganizations)
      showDone(`Organization ${name} created.`)
      onClose()
    },
  })
  const plan = form.field('plan')
  return (
    <ApiForm of={form} label="New organization">
      <TextInput
        label="Name"
        description={`URL: ${location.origin}/${nameInUrl(form.values.name)}`}
        autoComplete="off"
        spellCheck={false}
        maxLength={42}
        required
        data-autofocus
        {...form.field('name')}
      />
      <TextInput label="Display name" autoComplete="off" maxLength={100} {...form.field('fullname')} />
      <TextInput
        label="First admin"
        description="Username of an account with a verified email address."
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        required
        {...form.field('admin')}
      />
      <Select
        label="Plan"
        description={settings ? `Default: ${settings.defaultPlan}` : undefined}
        data={[...plans]}
        allowDeselect={false}
        {...plan}
        value={plan.value ?? settings?.defaultPlan ?? null}
      />
      <FormButtons label="Create organization" busy={form.change.isPending} onClose={onClose} />
    </ApiForm>
  )
}
