import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { gated } from '../../../../api/index.ts'
import { countryChoices } from '../../../countries.ts'
import { useApiForm } from '../../../form.ts'
import type { Gate } from '../../../gate.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { useRepository } from '../../../repository.ts'
import { useAccount } from '../../../session.ts'

type Field = gated.GateField
type Answer = string | boolean

/** What the authors ask for, and the button that agrees to it. */
export function Fields({ gate: { mode, form: asked } }: { gate: Gate }) {
  const { id, params } = useRepository()
  const fields = asked.fields.filter(({ type }) => type !== 'ip_location')
  const form = useApiForm(gated.requestAccess, {
    start: { fields: Object.fromEntries(fields.map(({ name, type }): [string, Answer] => [name, emptyOf(type)])) },
    input: (values) => ({ params, body: values }),
    after: ({ state }) => showDone(state === 'pending' ? `Requested access to ${id}.` : `You have access to ${id}.`),
  })
  const answers = form.values.fields
  const said = form.problem('fields')
  return (
    <ApiForm of={form} label="Request access">
      {fields.length > 0 && (
        <Stack gap="md">
          {fields.map((field) => (
            <Asked
              key={field.name}
              field={field}
              value={answers[field.name] ?? emptyOf(field.type)}
              error={form.problem(`fields.${field.name}`) ?? (isAbout(field, said) ? said : undefined)}
              onChange={(answer) => form.set({ fields: { ...answers, [field.name]: answer } })}
            />
          ))}
        </Stack>
      )}
      {said !== undefined && !fields.some((field) => isAbout(field, said)) && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {said}
        </Text>
      )}
      <Shared withAddress={fields.length < asked.fields.length} />
      <Group>
        <Button type="submit" variant="filled" loading={form.change.isPending}>
          {asked.button ?? (mode === 'auto' ? 'Agree and get access' : 'Agree and request access')}
        </Button>
      </Group>
    </ApiForm>
  )
}

// The server names the field that is wrong in its sentence.
function isAbout({ name }: Field, said: unknown): boolean {
  return String(said).startsWith(`“${name.slice(0, 100)}” `)
}

function emptyOf(type: Field['type']): Answer {
  return type === 'checkbox' ? false : ''
}

interface AskedField {
  field: Field
  value: Answer
  error: unknown
  onChange: (answer: Answer) => void
}

function Asked({ field: { name, type, options = [] }, value, error, onChange }: AskedField) {
  const common = { label: name, name: `fields.${name}`, required: true, error: error as string | undefined }
  const text = { ...common, value: String(value) }
  switch (type) {
    case 'checkbox':
      return (
        <Checkbox
          {...common}
          checked={value === true}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      )
    case 'select':
      return (
        <NativeSelect
          {...text}
          data={[{ value: '', label: 'Choose…' }, ...options]}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )
    case 'country':
      return (
        <NativeSelect
          {...text}
          autoComplete="country"
          data={[{ value: '', label: 'Choose…' }, ...countryChoices()]}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )
    default:
      return (
        <TextInput
          {...text}
          type={type === 'date_picker' ? 'date' : 'text'}
          maxLength={1000}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )
  }
}

/** What the authors learn beside the answers. */
function Shared({ withAddress }: { withAddress: boolean }) {
  const account = useAccount()
  return (
    <Text size="sm" c="dimmed">
      The authors see your username, full name, and email address{account && ` (${account.email})`}
      {withAddress && ', and the country of your IP address'}.
    </Text>
  )
}
