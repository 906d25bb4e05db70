import { Text, Textarea, TextInput } from '@mantine/core'
import { groups } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { useGo } from '../../../go.ts'
import type { Org } from '../../../organization.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { useAccount } from '../../../session.ts'

/** Creates a resource group; its creator becomes its admin. */
export function NewGroup({ org, opened, onClose }: { org: Org; opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Create resource group">
      {opened && <GroupForm org={org} onClose={onClose} />}
    </Dialog>
  )
}

function GroupForm({ org, onClose }: { org: Org; onClose: () => void }) {
  const account = useAccount()
  const go = useGo()
  const form = useApiForm(groups.createGroup, {
    start: { name: '', description: '' },
    input: ({ name, description }) => ({
      params: { org: org.name },
      body: {
        name: name.trim(),
        description,
        users: account ? [{ user: account.name, role: 'admin' as const }] : [],
      },
    }),
    after: (group) =>
      go({ to: '/organizations/$org/settings/resource-groups/$group', params: { org: org.name, group: group.name } }),
  })
  return (
    <ApiForm of={form} label="Create resource group">
      <TextInput label="Name" maxLength={200} required data-autofocus {...form.field('name')} />
      <Textarea label="Description" maxLength={500} autosize minRows={2} {...form.field('description')} />
      <Text size="sm" c="dimmed">
        You become its admin. Add members and repositories on the next page.
      </Text>
      <FormButtons label="Create group" busy={form.change.isPending} onClose={onClose} />
    </ApiForm>
  )
}
