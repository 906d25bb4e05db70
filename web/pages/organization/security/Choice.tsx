import { Loader, Radio, Stack, Text, Title } from '@mantine/core'
import { type OrgSettings, organizations, type SettingName } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'

// Two-factor authentication has a page part of its own.
type Field = Exclude<SettingName, 'require2fa' | 'require2faFrom'>

/** A setting with a few answers, each with words for it. */
export interface Question {
  field: Field
  title: string
  description: string
  options: [value: string, label: string, description?: string][]
}

interface ChoiceProps {
  org: Org
  settings: OrgSettings
  reason: string | undefined
  question: Question
  /** An answer that cannot be chosen at the moment, and why. */
  locked?: { value: string; why: string } | undefined
}

/** One setting; a choice is saved immediately. People who can’t change it see the answer as text. */
export function Choice({ org, settings, reason, question, locked }: ChoiceProps) {
  const { field, title, description, options } = question
  const save = useChange(organizations.updateSettings, () => showDone(`${title} saved.`))
  const shown = save.isPending ? save.variables.body?.[field] : settings[field]
  const choose = (value: string) => {
    const body = { [field]: typeof settings[field] === 'boolean' ? value === 'true' : value }
    save.mutate({ params: { org: org.name }, body: body as Partial<OrgSettings> })
  }
  return (
    <section aria-label={title}>
      <Title order={2} size="h5">
        {title} {save.isPending && <Loader size={14} aria-label="Saving" />}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {description}
      </Text>
      {reason === undefined ? (
        <Radio.Group aria-label={title} value={String(shown)} onChange={choose}>
          <Stack gap="xs">
            {options.map(([value, label, more]) => {
              const why = locked?.value === value ? locked.why : undefined
              return (
                <Radio key={value} value={value} label={label} description={why ?? more} disabled={why !== undefined} />
              )
            })}
          </Stack>
        </Radio.Group>
      ) : (
        <Text size="sm">{options.find(([value]) => value === String(shown))?.[1]}</Text>
      )}
      <ErrorNote error={save.error} />
    </section>
  )
}
