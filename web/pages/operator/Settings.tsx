import { Button, Group, List, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { operator, plans } from '../../../api/index.ts'
import { useApiForm } from '../../form.ts'
import { useChange, useReply } from '../../hub.ts'
import { Block } from '../../pieces/Block.tsx'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../pieces/Form.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { useInstance } from '../../session.ts'
import { Prices } from './settings/Prices.tsx'

type Settings = operator.InstanceSettings

const signUps: { value: Settings['signUp']; label: string; about: string }[] = [
  { value: 'open', label: 'Anyone', about: 'Anyone who can reach this instance can create an account.' },
  {
    value: 'invited',
    label: 'Invited people',
    about: 'People invited to an organization can create an account. Site admins create other accounts under People.',
  },
  {
    value: 'sso',
    label: 'Single sign-on only',
    about: 'No one can sign up. Accounts come from Managed SSO, SCIM, or site admins, who create them under People.',
  },
]
const creators: { value: Settings['organizationCreation']; label: string; about: string }[] = [
  { value: 'everyone', label: 'Everyone', about: 'Anyone with a verified email address.' },
  { value: 'operators', label: 'Site admins', about: 'Only site admins.' },
]
const stateWords = {
  open: 'Anyone can sign up',
  invited: 'Only invited people can sign up',
  sso: 'Sign-up is off',
  everyone: 'everyone can create organizations',
  operators: 'only site admins can create organizations',
}

/** The settings of the instance. */
export function Page() {
  const { demo } = useInstance()
  const settings = useReply(operator.getInstanceSettings)
  const state = `${stateWords[settings.signUp]} · ${stateWords[settings.organizationCreation]}`
  return (
    <>
      <PageHead title="Settings" state={state} guide="operators" />
      <SettingsFields key={JSON.stringify(settings)} settings={settings} />
      {demo === null && (
        <Block apart title="Demo" about="Sample organizations with 42 people, 12 repositories, and 4 resource groups.">
          <Demo />
        </Block>
      )}
    </>
  )
}

function useSettingsForm(settings: Settings) {
  // Storage limits have a page of their own
  const { storageLimits: _, ...start } = settings
  return useApiForm(operator.updateInstanceSettings, {
    start,
    input: ({ name, ...rest }) => ({ body: { ...rest, name: name.trim() } }),
    after: () => showDone('Settings saved.'),
  })
}

/** The settings of the instance that are open for change. */
export type SettingsForm = ReturnType<typeof useSettingsForm>

function SettingsFields({ settings }: { settings: Settings }) {
  const form = useSettingsForm(settings)
  return (
    <ApiForm of={form} label="Settings">
      <Stack gap="lg">
        <TextInput
          label="Instance name"
          description="Shown at the top of every page."
          maxLength={60}
          required
          {...form.field('name')}
        />
        <Choice label="Who can create an account" choices={signUps} field={form.field('signUp')} />
        <Choice label="Who can create organizations" choices={creators} field={form.field('organizationCreation')} />
        <Select
          label="Default plan"
          description="For new organizations. Plus has all features."
          data={[...plans]}
          allowDeselect={false}
          {...form.field('defaultPlan')}
        />
        <Prices form={form} />
        <Group>
          <Button type="submit" variant="filled" loading={form.change.isPending} disabled={!form.isChanged}>
            Save settings
          </Button>
        </Group>
      </Stack>
    </ApiForm>
  )
}

function Choice(props: {
  label: string
  choices: { value: string; label: string; about: string }[]
  field: ReturnType<SettingsForm['field']>
}) {
  const { label, choices, field } = props
  return (
    <Radio.Group label={label} {...field}>
      <Stack gap="xs" mt={8}>
        {choices.map((choice) => (
          <Radio key={choice.value} value={choice.value} label={choice.label} description={choice.about} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

function Demo() {
  const fill = useChange(operator.fillDemo)
  if (fill.data) {
    const { organizations, people, repositories } = fill.data
    return (
      <Text size="sm" role="status">
        Loaded {people} people and {repositories} repositories in{' '}
        {organizations.map((name, index) => (
          <span key={name}>
            {index > 0 && ' and '}
            <LinkTo to="/$name" params={{ name }} inherit>
              {name}
            </LinkTo>
          </span>
        ))}
        .
      </Text>
    )
  }
  return (
    <>
      <List size="sm" c="dimmed">
        <List.Item>You can load the demo once. Existing data doesn’t change.</List.Item>
        <List.Item>You become an admin of the larger organization.</List.Item>
      </List>
      <Group>
        <Button loading={fill.isPending} onClick={() => fill.mutate({})}>
          Load demo
        </Button>
        {fill.isPending && (
          <Text size="sm" c="dimmed" role="status">
            Creating people, groups, and repositories. This takes a few seconds.
          </Text>
        )}
      </Group>
      <ErrorNote error={fill.error} />
    </>
  )
}
