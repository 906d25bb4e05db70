import { Button, Group, TextInput } from '@mantine/core'
import { bytesIn, operator, sized } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'

type Limits = operator.InstanceSettings['storageLimits']

const fields: { of: keyof Limits; label: string; about: string }[] = [
  { of: 'accounts', label: 'Accounts', about: 'For example 50 GB. Leave blank for no limit.' },
  {
    of: 'openSignUp',
    label: 'Open sign-up',
    about: 'Accounts that signed up without an invitation, and organizations they create.',
  },
  { of: 'organizations', label: 'Organizations', about: 'All other organizations. Leave blank for no limit.' },
]

/** The limits of all who have none of their own. */
export function Defaults({ limits }: { limits: Limits }) {
  const words = (of: keyof Limits) => (limits[of] === null ? '' : sized(limits[of]))
  const start = { accounts: words('accounts'), openSignUp: words('openSignUp'), organizations: words('organizations') }
  const form = useApiForm(operator.updateInstanceSettings, {
    start,
    input: (values) => {
      const changed = fields.filter(({ of }) => values[of].trim() !== start[of])
      return { body: { storageLimits: Object.fromEntries(changed.map(({ of }) => [of, bytesIn(values[of]) ?? null])) } }
    },
    check: (values) => Object.fromEntries(fields.map(({ of }) => [of, whyNotASize(values[of])])),
    after: () => showDone('Default limits saved.'),
  })
  return (
    <ApiForm of={form} label="Default limits">
      {fields.map(({ of, label, about }) => (
        <TextInput
          key={of}
          label={label}
          description={about}
          placeholder="No limit"
          autoComplete="off"
          {...form.field(of)}
        />
      ))}
      <Group>
        <Button type="submit" variant="filled" loading={form.change.isPending} disabled={!form.isChanged}>
          Save default limits
        </Button>
      </Group>
    </ApiForm>
  )
}

function whyNotASize(words: string): string | undefined {
  return words.trim() === '' || bytesIn(words) !== undefined ? undefined : 'Enter a size, for example 50 GB.'
}
