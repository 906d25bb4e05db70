import { Button, Group, Stack, TextInput } from '@mantine/core'
import { bytesIn, operator, sized } from '../../../../api/index.ts'
import { useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'

type Limits = operator.InstanceSettings['storageLimits']

const fields: { of: keyof Limits; label: string; about: string }[] = [
  { of: 'accounts', label: 'Accounts', about: 'For example 50 GB. Leave blank for no limit.' },
  {
    of: 'openSignUp',
    label: 'Open sign-up',
    about: 'Accounts that no one invited, and organizations that they create.',
  },
  { of: 'organizations', label: 'Organizations', about: 'All other organizations. Leave blank for no limit.' },
]

/** The limits of all who have none of their own. */
export function Defaults({ limits }: { limits: Limits }) {
  const save = useChange(operator.updateInstanceSettings, () => showDone('The default limits are saved.'))
  const words = (of: keyof Limits) => (limits[of] === null ? '' : sized(limits[of]))
  const start = { accounts: words('accounts'), openSignUp: words('openSignUp'), organizations: words('organizations') }
  const { values, field, rest } = useFields(start, save.error)
  const changed = fields.filter(({ of }) => values[of].trim() !== start[of])
  const wrong = changed.filter(({ of }) => values[of].trim() !== '' && bytesIn(values[of]) === undefined)
  const submit = () => {
    if (changed.length === 0 || wrong.length > 0) return
    const storageLimits = Object.fromEntries(changed.map(({ of }) => [of, bytesIn(values[of]) ?? null]))
    save.mutate({ body: { storageLimits } })
  }
  return (
    <Form label="Default limits" error={save.error} rest={rest} onSubmit={submit}>
      <Stack maw={420}>
        {fields.map(({ of, label, about }) => (
          <TextInput
            key={of}
            label={label}
            description={about}
            placeholder="No limit"
            autoComplete="off"
            {...field(of)}
            error={wrong.some((other) => other.of === of) ? 'Enter a size, for example 50 GB.' : undefined}
          />
        ))}
      </Stack>
      <Group>
        <Button type="submit" variant="filled" loading={save.isPending} disabled={changed.length === 0}>
          Save default limits
        </Button>
      </Group>
    </Form>
  )
}
