import { Loader, Radio, Stack, Text, Title } from '@mantine/core'
import { organizations } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'

type Settings = organizations.OrgSettings
type Field =
  | 'memberManagement'
  | 'defaultRole'
  | 'allowJoinRequests'
  | 'groupCreation'
  | 'hideMembers'
  | 'repoVisibility'

interface Question {
  field: Field
  title: string
  description: string
  options: [value: string, label: string, description?: string][]
}

const questions: Question[] = [
  {
    field: 'memberManagement',
    title: 'Who may change roles',
    description: 'Beside admins, who always may. Nobody gives more than they have.',
    options: [
      ['write', 'Members with write', 'They change the roles of people below write, and give at most write.'],
      ['admin', 'Admins only'],
    ],
  },
  {
    field: 'defaultRole',
    title: 'Role of newcomers',
    description: 'Given where the way somebody came in names no other.',
    options: [
      ['no_access', 'No access', 'They see only what their resource groups give.'],
      ['read', 'Read'],
      ['contributor', 'Contributor'],
      ['write', 'Write'],
    ],
  },
  {
    field: 'allowJoinRequests',
    title: 'Allow requests to join',
    description: 'Whether people who are no members may ask. Admins decide; nobody comes in by asking alone.',
    options: [
      ['false', 'No', 'People come in by invitation.'],
      ['true', 'Yes', 'Anybody with a verified address finds “Ask to join” on the page of the organization.'],
    ],
  },
  {
    field: 'groupCreation',
    title: 'Who may create resource groups',
    description: 'Whoever creates one here becomes its admin.',
    options: [
      ['admin', 'Admins only'],
      ['write', 'Members with write or more'],
      ['contributor', 'Members with contributor or more'],
      ['read', 'Members with read or more'],
    ],
  },
  {
    field: 'hideMembers',
    title: 'Who sees the members',
    description: 'Roles are seen by members only, in either case.',
    options: [
      ['false', 'Everybody', 'The list of names is public.'],
      ['true', 'Members with read or more', 'Everybody else sees an empty list, and no number.'],
    ],
  },
  {
    field: 'repoVisibility',
    title: 'Visibility of new repositories',
    description: 'Repositories that exist already stay as they are.',
    options: [
      ['public', 'Public, unless chosen otherwise'],
      ['private', 'Private, unless chosen otherwise'],
      ['private_only', 'Private always', 'Afterwards only admins make one public.'],
    ],
  },
]

/** The settings with a few answers each; a choice is saved at once. */
export function Choices(props: { org: Org; settings: Settings; reason: string | undefined }) {
  return questions.map((question) => <Choice key={question.field} {...props} question={question} />)
}

interface ChoiceProps {
  org: Org
  settings: Settings
  reason: string | undefined
  question: Question
}

function Choice({ org, settings, reason, question }: ChoiceProps) {
  const { field, title, description, options } = question
  const save = useChange(organizations.updateSettings, () => showDone(`Saved: ${title.toLowerCase()}.`))
  const shown = save.isPending ? save.variables.body?.[field] : settings[field]
  const choose = (value: string) => {
    const body = { [field]: typeof settings[field] === 'boolean' ? value === 'true' : value }
    save.mutate({ params: { org: org.name }, body: body as Partial<Settings> })
  }
  return (
    <section aria-label={title}>
      <Title order={2} size="h5">
        {title} {save.isPending && <Loader size={14} aria-label="Saving" />}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {description}
      </Text>
      <Radio.Group aria-label={title} value={String(shown)} onChange={choose}>
        <Stack gap="xs">
          {options.map(([value, label, more]) => (
            <Radio key={value} value={value} label={label} description={more} disabled={reason !== undefined} />
          ))}
        </Stack>
      </Radio.Group>
      <ErrorNote error={save.error} />
    </section>
  )
}
