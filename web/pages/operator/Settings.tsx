import { Button, Group, List, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { operator, plans } from '../../../api/index.ts'
import { problemAt, useFields } from '../../form.ts'
import { useChange, useReply } from '../../hub.ts'
import { Block } from '../../pieces/Block.tsx'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { Form } from '../../pieces/Form.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
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
    about: 'Sign-up is off. Site admins create accounts under People. Single sign-on isn’t available in this version.',
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
  const settings = useReply(operator.getInstanceSettings)
  const state = `${stateWords[settings.signUp]} · ${stateWords[settings.organizationCreation]}`
  return (
    <>
      <PageHead title="Settings" state={state} guide="operators" />
      <SettingsForm key={JSON.stringify(settings)} settings={settings} />
      <Block apart title="Demo" about="Sample organizations with 42 people, 12 repositories, and 4 resource groups.">
        <Demo />
      </Block>
    </>
  )
}

function SettingsForm({ settings }: { settings: Settings }) {
  const save = useChange(operator.updateInstanceSettings, () => showDone('Settings saved.'))
  const { values, field, rest } = useFields({ name: settings.name, currency: '', seatPrices: '' }, save.error)
  // Storage limits have a page of their own
  const { storageLimits: _, ...here } = settings
  const [chosen, setChosen] = useState<Omit<typeof here, 'name'>>(here)
  const choose = (change: Partial<typeof chosen>) => setChosen({ ...chosen, ...change })
  const { signUp, organizationCreation, defaultPlan, currency, seatPrices } = chosen
  const body = { name: values.name.trim(), signUp, organizationCreation, defaultPlan, currency, seatPrices }
  const same = JSON.stringify(body) === JSON.stringify({ ...body, ...here })
  return (
    <Form label="Settings" error={save.error} rest={rest} onSubmit={() => !same && save.mutate({ body })}>
      <Stack maw={560} gap="lg">
        <TextInput
          label="Instance name"
          description="Shown at the top of every page."
          maxLength={60}
          required
          {...field('name')}
        />
        <Choice
          label="Who can create an account"
          value={signUp}
          choices={signUps}
          onChoose={(value) => choose({ signUp: value })}
        />
        <Choice
          label="Who can create organizations"
          value={organizationCreation}
          choices={creators}
          onChoose={(value) => choose({ organizationCreation: value })}
        />
        <Select
          label="Default plan"
          description="For new organizations. Plus has all features."
          data={[...plans]}
          value={defaultPlan}
          allowDeselect={false}
          error={problemAt(save.error, 'defaultPlan')}
          onChange={(value) => choose({ defaultPlan: plans.find((plan) => plan === value) ?? defaultPlan })}
        />
        <Prices settings={chosen} error={save.error} onChange={choose} />
        <Group>
          <Button type="submit" variant="filled" loading={save.isPending} disabled={same}>
            Save settings
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}

function Choice<T extends string>(props: {
  label: string
  value: T
  choices: { value: T; label: string; about: string }[]
  onChoose: (value: T) => void
}) {
  const { label, value, choices, onChoose } = props
  const choose = (picked: string) => {
    const choice = choices.find((known) => known.value === picked)
    if (choice) onChoose(choice.value)
  }
  return (
    <Radio.Group label={label} value={value} onChange={choose}>
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
            <LinkTo to={`/${name}`} inherit>
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
