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
import { listed } from '../../words.ts'
import { Prices } from './settings/Prices.tsx'

type Settings = operator.InstanceSettings

const signUps: { value: Settings['signUp']; label: string; about: string }[] = [
  { value: 'open', label: 'Anyone', about: 'Anyone who can reach this instance can create an account.' },
  {
    value: 'invited',
    label: 'Invited people',
    about:
      'Who was invited into an organization makes an account from the mail; others are made by operators, under People.',
  },
  {
    value: 'sso',
    label: 'Single sign-on only',
    about:
      'Sign-up is closed. Site admins create accounts under People. Single sign-on is not available in this version.',
  },
]
const creators: { value: Settings['organizationCreation']; label: string; about: string }[] = [
  { value: 'everyone', label: 'Everybody', about: 'Anybody with a verified email address.' },
  { value: 'operators', label: 'Operators', about: 'Only operators, for others or themselves.' },
]
const stateWords = {
  open: 'Everybody may sign up',
  invited: 'Only invited people may sign up',
  sso: 'sign-up is closed; site admins create accounts',
  everyone: 'everybody may create organizations',
  operators: 'only operators create organizations',
}

/** What holds for the whole installation. */
export function Page() {
  const settings = useReply(operator.getInstanceSettings)
  const state = `${stateWords[settings.signUp]}; ${stateWords[settings.organizationCreation]}.`
  return (
    <>
      <PageHead title="Settings" state={state} />
      <SettingsForm key={JSON.stringify(settings)} settings={settings} />
      <Block
        apart
        title="Demo"
        about="A believable organization to look around in: 40 people with every role, 12 repositories, 4 resource groups, and a second organization with a single admin."
      >
        <Demo />
      </Block>
    </>
  )
}

function SettingsForm({ settings }: { settings: Settings }) {
  const save = useChange(operator.updateInstanceSettings, () => showDone('The settings are saved.'))
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
          label="Name of this hub"
          description="At the top of every page."
          maxLength={60}
          required
          {...field('name')}
        />
        <Choice
          label="Who may create an account"
          value={signUp}
          choices={signUps}
          onChoose={(value) => choose({ signUp: value })}
        />
        <Choice
          label="Who may create organizations"
          value={organizationCreation}
          choices={creators}
          onChoose={(value) => choose({ organizationCreation: value })}
        />
        <Select
          label="Plan of new organizations"
          description="Organizations that exist keep theirs. On plus, everything works."
          data={[...plans]}
          value={defaultPlan}
          allowDeselect={false}
          error={problemAt(save.error, 'defaultPlan')}
          onChange={(value) => choose({ defaultPlan: plans.find((plan) => plan === value) ?? defaultPlan })}
        />
        <Prices settings={chosen} error={save.error} onChange={choose} />
        <Group>
          <Button type="submit" variant="filled" loading={save.isPending} disabled={same}>
            {same ? 'Nothing to save' : 'Save the settings'}
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
        Filled in: {people} people and {repositories} repositories, in{' '}
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
        <List.Item>Once only; what is there already stays as it is.</List.Item>
        <List.Item>You become an admin of the larger organization.</List.Item>
      </List>
      <Group>
        <Button loading={fill.isPending} onClick={() => fill.mutate({})}>
          Fill in the demo
        </Button>
        {fill.isPending && (
          <Text size="sm" c="dimmed" role="status">
            Creating {listed(['people', 'groups', 'repositories'])}; a few seconds.
          </Text>
        )}
      </Group>
      <ErrorNote error={fill.error} />
    </>
  )
}
