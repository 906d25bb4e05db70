import { Button, Group, List, Text, Title } from '@mantine/core'
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react'
import { organizations } from '../../../api/index.ts'
import { guidePage } from '../../guides.ts'
import { useChange } from '../../hub.ts'
import type { Org } from '../../organization.ts'
import { showDone, showError } from '../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { type Place, place } from '../../places.ts'
import { useInstance } from '../../session.ts'
import classes from './SetupChecklist.module.css'

interface Item {
  /** Undefined while it is not known yet. */
  done: boolean | undefined
  label: string
  about: string
  page: Place
}

/** What a new organization still needs, for its admins: gone once all of it is done or an admin dismisses it. */
export function SetupChecklist({ org, repositories }: { org: Org; repositories: number | undefined }) {
  const { sendsMail, account } = useInstance()
  const dismiss = useChange(organizations.updateSettings, () => showDone('Setup checklist dismissed.'))
  if (!org.setupChecklist) return null
  const items = itemsOf(org, { repositories, sendsMail, isOperator: account?.isOperator === true })
  if (items.every(({ done }) => done !== false)) return null
  const body = { setupChecklist: false }
  return (
    <section className={classes.box} aria-labelledby="setup-checklist">
      <Group justify="space-between" align="baseline" mb="sm">
        <Title order={2} size="h5" id="setup-checklist">
          Setup checklist
        </Title>
        <Text size="sm" c="dimmed">
          {items.filter(({ done }) => done).length} of {items.length} done
        </Text>
      </Group>
      <List listStyleType="none" spacing="xs" center>
        {items.map((item) => (
          <Line key={item.label} item={item} />
        ))}
      </List>
      <Group mt="sm">
        <Button
          size="compact-sm"
          loading={dismiss.isPending}
          onClick={() => dismiss.mutate({ params: { org: org.name }, body }, { onError: showError })}
        >
          Dismiss checklist
        </Button>
      </Group>
    </section>
  )
}

function itemsOf(
  org: Org,
  facts: { repositories: number | undefined; sendsMail: boolean; isOperator: boolean },
): Item[] {
  return [
    {
      done: org.health === 'healthy',
      label: 'Add a second admin',
      about: 'With one admin, the organization is at risk.',
      page: place({ to: '/organizations/$org/settings/members', params: { org: org.name } }),
    },
    {
      done: org.isVerified,
      label: 'Verify your email domain',
      about: 'People with an address in it can join.',
      page: place({ to: '/organizations/$org/settings/account', params: { org: org.name } }),
    },
    {
      done: facts.repositories === undefined ? undefined : facts.repositories > 0,
      label: 'Create your first repository',
      about: 'For a model, a dataset, or a Space.',
      page: place({ to: '/new', search: { owner: org.name } }),
    },
    {
      done: facts.sendsMail,
      label: facts.isOperator ? 'Set up a mail server' : 'Ask your site admin to set up a mail server',
      about: 'Without one, invitations aren’t sent by email.',
      page: guidePage('mail'),
    },
  ]
}

function Line({ item: { done, label, about, page } }: { item: Item }) {
  const icon = done ? (
    <IconCircleCheckFilled size={20} className={classes.done ?? ''} role="img" aria-label="Done" />
  ) : (
    <IconCircle size={20} className={classes.open ?? ''} role="img" aria-label="To do" />
  )
  return (
    <List.Item icon={icon}>
      {done ? (
        <Text size="sm" c="dimmed">
          {label}
        </Text>
      ) : (
        <Text size="sm">
          <LinkTo {...page}>{label}</LinkTo>. {about}
        </Text>
      )}
    </List.Item>
  )
}
