import { Button, Checkbox, Group, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core'
import { gated, repos } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import type { Gate as Gates } from '../../../gate.ts'
import { useReply } from '../../../hub.ts'
import { Block } from '../../../pieces/Block.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { GuideLink } from '../../../pieces/GuideLink.tsx'
import { ButtonTo, LinkTo } from '../../../pieces/LinkTo.tsx'
import { accessRequestsPage, filePage } from '../../../places.ts'
import { mainBranch, useRepository } from '../../../repository.ts'
import { useAccount } from '../../../session.ts'
import { counted } from '../../../words.ts'

type Settings = NonNullable<Gates['settings']>

/** Whether people have to request access to the files, and who hears of it. */
export function Gate() {
  const { row, params } = useRepository()
  const { settings, counts, form, checksCountries } = useReply(gated.getGate, { params })
  if (settings === null) return null
  return (
    <Block
      title="Access requests"
      about={
        <span className="sentence">
          {stateOf(row.gated)} Anyone who can see this repository can read its card.{' '}
          <GuideLink guide="gated-repositories" />
        </span>
      }
    >
      {row.gated && counts && <Review pending={counts.pending} />}
      <Edit key={JSON.stringify(settings)} settings={settings} />
      {row.gated && <Asked form={form} />}
      {row.gated && form.euDisallowed && <KeptOut isEnforced={checksCountries} />}
    </Block>
  )
}

function stateOf(mode: Settings['gated'] | undefined): string {
  if (mode === 'auto') return 'Gated: people get the files as soon as they agree.'
  return mode === 'manual' ? 'Gated: people get the files when you accept their request.' : 'Not gated.'
}

function Review({ pending }: { pending: number }) {
  const repository = useRepository()
  return (
    <Group>
      <ButtonTo {...accessRequestsPage(repository)} variant="filled">
        {pending > 0 ? `Review ${counted(pending, 'request')}` : 'View access requests'}
      </ButtonTo>
    </Group>
  )
}

const frequencies = [
  { value: 'real-time', label: 'For each request' },
  { value: 'bulk', label: 'Once a day' },
]

function Edit({ settings }: { settings: Settings }) {
  const { id, namespace, params } = useRepository()
  const isOwn = useAccount()?.name === namespace
  const form = useApiForm(repos.updateRepoSettings, {
    start: {
      gated: settings.gated === false ? 'off' : (settings.gated as string),
      orgMembersGated: settings.orgMembersGated,
      gatedNotificationsMode: settings.gatedNotificationsMode as string,
      gatedNotificationsEmail: settings.gatedNotificationsEmail ?? '',
    },
    input: ({ gated: mode, orgMembersGated, gatedNotificationsMode, gatedNotificationsEmail }) => ({
      params,
      body: {
        gated: gated.GateMode.safeParse(mode).data ?? (false as const),
        ...(isOwn ? {} : { orgMembersGated }),
        gatedNotificationsMode: gatedNotificationsMode as Settings['gatedNotificationsMode'],
        gatedNotificationsEmail: gatedNotificationsEmail.trim() === '' ? null : gatedNotificationsEmail.trim(),
      },
    }),
    after: ({ gated: mode }) => showDone(mode ? `${id} is gated.` : `${id} is not gated.`),
  })
  const isOn = form.values.gated !== 'off'
  return (
    <ApiForm of={form} label="Access requests">
      <Radio.Group label="Who gets the files" {...form.field('gated')}>
        <Stack gap="xs" mt={6}>
          <Radio value="off" label="Not gated" description="Anyone who can see the repository gets the files." />
          <Radio
            value="auto"
            label="Automatic"
            description="People get access as soon as they agree and answer your questions."
          />
          <Radio value="manual" label="Manual" description="People get access when you accept their request." />
        </Stack>
      </Radio.Group>
      {isOn && (
        <>
          {!isOwn && (
            <Checkbox
              label={`Also require members of ${namespace} to request access`}
              description="Admins, the creator of this repository, admins of its resource group, and collaborators don’t have to."
              {...form.tick('orgMembersGated')}
            />
          )}
          <NativeSelect label="Notifications" data={frequencies} w={220} {...form.field('gatedNotificationsMode')} />
          <TextInput
            label="Notification address"
            description={
              isOwn ? 'Leave blank for your primary email address.' : 'Leave blank for the first five admins.'
            }
            type="email"
            maxLength={254}
            {...form.field('gatedNotificationsEmail')}
          />
        </>
      )}
      <Group>
        <Button type="submit" loading={form.change.isPending} disabled={!form.isChanged}>
          Save
        </Button>
      </Group>
    </ApiForm>
  )
}

/** That the card keeps people out by where they are. */
function KeptOut({ isEnforced }: { isEnforced: boolean }) {
  return (
    <Text size="sm" className="sentence">
      {isEnforced
        ? 'People whose IP address is in the European Union can’t get access.'
        : 'The card says that people in the European Union can’t get access. People see this, but it isn’t enforced, because this instance has no database of countries.'}
    </Text>
  )
}

/** What people are asked for, which the card says. */
function Asked({ form: { fields, heading, prompt } }: { form: Gates['form'] }) {
  const repository = useRepository()
  const asks = fields.filter(({ type }) => type !== 'ip_location').map(({ name }) => name)
  return (
    <Text size="sm" component="div" className="sentence">
      {asks.length > 0 ? <>People answer: {asks.join(' · ')}.</> : 'People share their username and email address.'}
      {heading === null && prompt === null && ' No terms yet.'} Change this in the metadata of{' '}
      {repository.may('repo.write') ? (
        <LinkTo {...filePage(repository, 'edit', mainBranch, 'README.md')}>README.md</LinkTo>
      ) : (
        'README.md'
      )}
      .
    </Text>
  )
}
