import { Autocomplete, NativeSelect, SegmentedControl } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { gated, type OrgRole, repos } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useApiForm } from '../../../form.ts'
import { useMaybe } from '../../../hub.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { useRepository } from '../../../repository.ts'
import { counted } from '../../../words.ts'
import { ends, momentOf } from '../settings/ends.ts'

/** Gives access without a request, to a person or to the members of an organization. */
export function Grant({ onClose }: { onClose: () => void }) {
  const [to, setTo] = useState<'person' | 'organization'>('person')
  return (
    <Dialog opened onClose={onClose} title="Give access">
      <SegmentedControl
        fullWidth
        mb="md"
        aria-label="Give access to"
        value={to}
        onChange={(value) => setTo(value === 'organization' ? 'organization' : 'person')}
        data={[
          { value: 'person', label: 'Person' },
          { value: 'organization', label: 'Organization' },
        ]}
      />
      {to === 'person' ? <ToPerson onClose={onClose} /> : <ToOrganization onClose={onClose} />}
    </Dialog>
  )
}

function ToPerson({ onClose }: { onClose: () => void }) {
  const { id, params } = useRepository()
  const form = useApiForm(gated.grantAccess, {
    start: { user: '', expiresAt: '' },
    input: ({ user, expiresAt }) => ({ params, body: { user: user.trim(), expiresAt: momentOf(expiresAt) } }),
    after: ({ user }) => {
      restart(gated.listAccessRequests)
      showDone(`${user.user} has access to ${id}.`)
      onClose()
    },
  })
  const { people } = useFound(form.values.user)
  return (
    <ApiForm of={form} label="Give access to a person">
      <Autocomplete
        label="Username"
        description="They get an email. No request is needed."
        data={people}
        filter={({ options }) => options}
        maxLength={100}
        autoComplete="off"
        required
        data-autofocus
        {...form.field('user')}
      />
      <NativeSelect label="Expires" data={ends} w={180} {...form.field('expiresAt')} />
      <FormButtons label="Give access" busy={form.change.isPending} onClose={onClose} />
    </ApiForm>
  )
}

const lowestRoles: { value: OrgRole | ''; label: string }[] = [
  { value: '', label: 'Every member' },
  { value: 'read', label: 'Read and higher' },
  { value: 'contributor', label: 'Contributor and higher' },
  { value: 'write', label: 'Write and higher' },
  { value: 'admin', label: 'Only admins' },
]

function ToOrganization({ onClose }: { onClose: () => void }) {
  const { id, params } = useRepository()
  const form = useApiForm(gated.grantOrganizationAccess, {
    start: { grantee: '', role: '', expiresAt: '' },
    input: ({ grantee, role, expiresAt }) => ({
      params: { ...params, grantee: grantee.trim() || '-' },
      body: { role: role === '' ? null : (role as OrgRole), expiresAt: momentOf(expiresAt) },
    }),
    after: ({ organization, members }) => {
      showDone(`${counted(members, 'member')} of ${organization} ${members === 1 ? 'has' : 'have'} access to ${id}.`)
      onClose()
    },
  })
  const { organizations } = useFound(form.values.grantee)
  return (
    <ApiForm of={form} label="Give access to an organization">
      <Autocomplete
        label="Organization"
        description="Members have access while they are members."
        data={organizations}
        filter={({ options }) => options}
        maxLength={100}
        autoComplete="off"
        required
        {...form.field('grantee')}
      />
      <NativeSelect label="Lowest role" data={lowestRoles} {...form.field('role')} />
      <NativeSelect label="Expires" data={ends} w={180} {...form.field('expiresAt')} />
      <FormButtons label="Give access" busy={form.change.isPending} onClose={onClose} />
    </ApiForm>
  )
}

function useFound(words: string): { people: string[]; organizations: string[] } {
  const [asked] = useDebouncedValue(words.trim(), 150)
  const { data } = useMaybe(repos.quickSearch, asked === '' ? undefined : { query: { q: asked } })
  const names = (found: { name: string }[] = []) => found.map(({ name }) => name)
  return { people: names(data?.people), organizations: names(data?.organizations) }
}
