import { Button, Code, Group, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { flushSync } from 'react-dom'
import { z } from 'zod'
import { useAddressState } from '../../address-state.ts'
import { client } from '../../hub.ts'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { pageColumnWidth } from '../../pieces/PageColumn.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
import { useAccount } from '../../session.ts'
import { counted } from '../../words.ts'
import classes from './api/Api.module.css'
import { OperationCard } from './api/OperationCard.tsx'
import { filterOperations, groupByTag, type OpenApi, readOperations } from './api/openapi.ts'

const documentPath = '/.well-known/openapi.json'
const Search = z.object({ search: z.string() })

/** The reference of the API, drawn from the document that the hub itself serves. */
export function Page() {
  const { data: document } = useSuspenseQuery({ queryKey: [documentPath], queryFn: read, staleTime: 600_000 })
  const operations = useMemo(() => readOperations(document), [document])
  const [{ search = '' }, setAddress] = useAddressState(Search)
  const groups = useMemo(() => groupByTag(filterOperations(operations, search)), [operations, search])
  useOpenedByAddress()
  const paper = useOpenedOnPaper()
  const shown = groups.reduce((sum, [, { length }]) => sum + length, 0)
  return (
    <div className={classes.layout}>
      <nav className={classes.contents} aria-label="Groups of operations">
        {groups.map(([tag, { length }]) => (
          <a key={tag} href={`#${slug(tag)}`}>
            {tag} <span className={classes.count}>{length}</span>
          </a>
        ))}
      </nav>
      <div className={classes.main}>
        <PageHead
          title="API reference"
          state={`${counted(operations.length, 'operation')} · version ${document.info.version}`}
          action={
            <Button component="a" href={documentPath} className={classes.screen ?? ''}>
              OpenAPI document
            </Button>
          }
        />
        <HowToCall />
        <Group mb="lg" gap="sm" className={classes.screen ?? ''}>
          <SearchField
            value={search}
            label="Filter by path, word, or action"
            reading={false}
            onChange={(words) => setAddress({ search: words })}
          />
          {search !== '' && (
            <Text size="sm" c="dimmed" role="status">
              {shown} match
            </Text>
          )}
        </Group>
        {groups.map(([tag, found]) => (
          <section key={tag} aria-labelledby={slug(tag)}>
            <h2 id={slug(tag)} className={classes.tag}>
              {tag}
            </h2>
            {found.map((operation) => (
              <OperationCard key={operation.id} operation={operation} whole={paper} />
            ))}
          </section>
        ))}
        {shown === 0 && <Text c="dimmed">Nothing matches. Try one word, such as “role” or “token”.</Text>}
      </div>
    </div>
  )
}

function HowToCall() {
  const account = useAccount()
  return (
    <Text size="sm" mb="md" maw={pageColumnWidth}>
      Send an access token as <Code>Authorization: Bearer hf_…</Code>
      {account && (
        <>
          {' '}
          (create one in <LinkTo to="/settings/tokens">your settings</LinkTo>)
        </>
      )}
      . In the examples, <Code>HF_ENDPOINT</Code> is <Code>{location.origin}</Code>, and <Code>HF_TOKEN</Code> is your
      token. Errors are JSON with a sentence in <Code>error</Code>, and the invalid fields in <Code>fields</Code>. Lists
      have the header <Code>Link: …; rel="next"</Code> if there are more.
    </Text>
  )
}

async function read(): Promise<OpenApi> {
  const response = await client.raw('get', documentPath)
  if (!response.ok) throw new TypeError('The document did not come.')
  return (await response.json()) as OpenApi
}

function slug(tag: string): string {
  return `group-${tag.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`
}

/** Opens the operation that the address names, and brings it into sight. */
function useOpenedByAddress(): void {
  const { hash } = useLocation()
  useEffect(() => {
    const target = hash === '' ? null : document.getElementById(hash)
    if (target instanceof HTMLDetailsElement) target.open = true
    target?.scrollIntoView()
  }, [hash])
}

/** On paper everything is open; on the screen it is afterwards as it was before. */
function useOpenedOnPaper(): boolean {
  const [paper, setPaper] = useState(false)
  useEffect(() => {
    let closed: HTMLDetailsElement[] = []
    const before = () => {
      // The browser takes its picture as soon as this returns.
      flushSync(() => setPaper(true))
      closed = [...document.querySelectorAll('details')].filter(({ open }) => !open)
      for (const element of closed) element.open = true
    }
    const after = () => {
      for (const element of closed) element.open = false
      setPaper(false)
    }
    window.addEventListener('beforeprint', before)
    window.addEventListener('afterprint', after)
    return () => {
      window.removeEventListener('beforeprint', before)
      window.removeEventListener('afterprint', after)
    }
  }, [])
  return paper
}
