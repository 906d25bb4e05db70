import { Skeleton, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { files, sized } from '../../../../api/index.ts'
import { useIsGateClosed } from '../../../gate.ts'
import { useMaybe } from '../../../hub.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { When } from '../../../pieces/When.tsx'
import { commitPage } from '../../../places.ts'
import { mainBranch, useRepository } from '../../../repository.ts'
import classes from './Facts.module.css'

/** Fields of the card that are told apart from the rest, in this order. */
const cardFields: [field: string, label: string][] = [
  ['license', 'License'],
  ['language', 'Language'],
  ['pipeline_tag', 'Task'],
  ['task_categories', 'Tasks'],
  ['library_name', 'Library'],
  ['sdk', 'SDK'],
  ['base_model', 'Base model'],
  ['datasets', 'Trained on'],
  ['size_categories', 'Size'],
]

/** What is known of a repository at a glance: from its card, its history and its storage. */
export function CardFacts() {
  const { row } = useRepository()
  const closed = useIsGateClosed()
  const told = cardFields.flatMap(([field, label]) => {
    const words = wordsOf(row.cardData?.[field])
    return words === '' ? [] : [{ label, words }]
  })
  return (
    <section aria-label="Facts">
      <Title order={2} size="h5" mb="xs">
        About
      </Title>
      <dl className={classes.facts}>
        {told.map(({ label, words }) => (
          <Fact key={label} label={label}>
            {words}
          </Fact>
        ))}
        {row.usedStorage !== undefined && <Fact label="Storage">{sized(row.usedStorage)}</Fact>}
        {!closed && (
          <Fact label="Last commit">
            <LastCommit />
          </Fact>
        )}
        {row.createdAt && (
          <Fact label="Created">
            <When time={row.createdAt} />
            {row.createdBy && (
              <>
                {' '}
                by{' '}
                <LinkTo to="/$name" params={{ name: row.createdBy }}>
                  {row.createdBy}
                </LinkTo>
              </>
            )}
          </Fact>
        )}
      </dl>
    </section>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" size="sm" className={`sentence ${classes.value}`}>
        {children}
      </Text>
    </div>
  )
}

function LastCommit() {
  const repository = useRepository()
  const params = { ...repository.params, rev: mainBranch }
  const { data, error } = useMaybe(files.listCommits, { params, query: { limit: 1 } })
  if (error) return 'Unknown'
  if (!data) return <Skeleton height={14} width={140} component="span" display="inline-block" />
  const [latest] = data
  if (!latest) return 'None'
  return (
    <>
      <LinkTo {...commitPage(repository, latest.id)}>{shortened(latest.title)}</LinkTo>, <When time={latest.date} />
    </>
  )
}

function shortened(title: string): string {
  return title.length > 72 ? `${title.slice(0, 71)}…` : title
}

/** A field of a card in words; cards hold words, lists of them, or anything. */
function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).filter(Boolean).join(', ')
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
