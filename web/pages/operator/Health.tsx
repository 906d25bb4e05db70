import { Button, SimpleGrid, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { operator, type ReplyOf } from '../../../api/index.ts'
import { refresh, useReply } from '../../hub.ts'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { When } from '../../pieces/When.tsx'
import { counted, listed } from '../../words.ts'
import classes from './Health.module.css'

type Health = ReplyOf<typeof operator.operatorHealth>

/** The health of the instance. */
export function Page() {
  const health = useReply(operator.operatorHealth)
  const { counts, mail, jobs, database } = health
  return (
    <>
      <PageHead
        title="Health"
        state={stateOf(health)}
        guide="operators"
        action={<Button onClick={() => refresh()}>Refresh</Button>}
      />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
        <Figure label="People" value={number(counts.people)} to="/operator/people" />
        <Figure label="Organizations" value={number(counts.organizations)} to="/operator/organizations" />
        <Figure label="Repositories" value={number(counts.repositories)} />
        <Figure
          label="No active admins"
          value={number(counts.adminless)}
          wrong={counts.adminless > 0}
          to="/operator/organizations"
        >
          {counts.adminless === 0
            ? 'Every organization has an active admin.'
            : 'View organizations without active admins.'}
        </Figure>
        <Figure
          label="Email"
          value={mail.configured ? `${number(mail.queued)} queued` : 'Not sent'}
          wrong={mail.failed > 0}
          to="/operator/outbox"
        >
          {mail.configured ? `${number(mail.failed)} failed.` : 'No mail server. Emails stay in the outbox.'}
        </Figure>
        <Figure label="Jobs" value={`${number(jobs.waiting)} waiting`} wrong={jobs.failed > 0}>
          {jobs.failed === 0 ? 'No failed jobs.' : `${number(jobs.failed)} failed. See the server log.`}
        </Figure>
        <Figure label="Database" value={size(database.sizeBytes)}>
          PostgreSQL {database.version}, {database.kind === 'embedded' ? 'embedded' : 'external'}
        </Figure>
        <Figure label="Memory" value={size(health.memoryBytes)}>
          Server process, without the database
        </Figure>
        <Figure label="Version" value={health.version}>
          Started <When time={health.startedAt} /> · {health.publicUrl}
        </Figure>
      </SimpleGrid>
    </>
  )
}

function stateOf({ counts, mail, jobs }: Health): string {
  const wrong = [
    ...(counts.adminless > 0 ? [`${counted(counts.adminless, 'organization')} without active admins`] : []),
    ...(mail.failed > 0 ? [`${counted(mail.failed, 'failed email')}`] : []),
    ...(jobs.failed > 0 ? [`${counted(jobs.failed, 'failed job')}`] : []),
  ]
  return wrong.length === 0 ? 'No problems found.' : `Needs attention: ${listed(wrong)}.`
}

interface Fact {
  label: string
  value: string
  to?: '/operator/people' | '/operator/organizations' | '/operator/outbox'
  wrong?: boolean
  children?: ReactNode
}

function Figure({ label, value, to, wrong = false, children }: Fact) {
  return (
    <div className={classes.figure} data-wrong={wrong || undefined}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz={22} fw={600} className={classes.value ?? ''}>
        {to ? (
          <LinkTo to={to} inherit>
            {value}
          </LinkTo>
        ) : (
          value
        )}
      </Text>
      {children !== undefined && (
        <Text size="sm" c="dimmed" component="div" className={classes.value ?? ''}>
          {children}
        </Text>
      )}
    </div>
  )
}

function number(value: number): string {
  return value.toLocaleString('en')
}

const mega = 1024 * 1024

function size(bytes: number): string {
  if (bytes < 1024 * mega) return `${Math.max(1, Math.round(bytes / mega)).toLocaleString('en')} MB`
  return `${(bytes / (1024 * mega)).toFixed(1)} GB`
}
