import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { files, sized } from '../../../api/index.ts'
import { useIsGateClosed } from '../../gate.ts'
import { useMaybe } from '../../hub.ts'
import { Document, DocumentSkeleton } from '../../pieces/Document.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { filePage, newFilePage, type Place } from '../../places.ts'
import { mainBranch, useRepository } from '../../repository.ts'
import { useInstance } from '../../session.ts'
import classes from './Card.module.css'
import { CardFacts } from './card/Facts.tsx'
import { FirstFiles } from './card/FirstFiles.tsx'
import { readAtMostBytes, useEntry, useText } from './content.ts'
import { DownloadBox } from './DownloadBox.tsx'
import { surroundingsOf, withoutFrontMatter } from './paths.ts'

/** What a repository says of itself: its card, and beside it the facts. */
export function Page() {
  const { id } = useRepository()
  const hub = useInstance()
  return (
    <>
      <title>{`${id} · ${hub.name}`}</title>
      <Card />
    </>
  )
}

function Card() {
  return useIsGateClosed() ? <CardAlone /> : <OpenCard />
}

// Through a closed gate only the card is read, and nothing tells whether there is one.
function CardAlone() {
  const { data, error } = useText(mainBranch, cardPath)
  if (data === undefined && !error) return <DocumentSkeleton />
  return <BesideFacts>{error ? <NoCard /> : <CardText isThere />}</BesideFacts>
}

function OpenCard() {
  const { row } = useRepository()
  const { data: entry, error } = useEntry(mainBranch, row.sha ? cardPath : undefined)
  if (!row.sha) return <FirstFiles />
  if (entry === null) return <WithoutCard />
  const isLong = entry !== undefined && entry.size > readAtMostBytes
  return (
    <BesideFacts>
      <ErrorNote error={error} />
      {isLong && <LongCard />}
      {!isLong && !error && <CardText isThere={entry !== undefined} />}
    </BesideFacts>
  )
}

const cardPath = 'README.md'
const madeByTheHub = '.gitattributes'

/** A repository in which there is nothing but what it was made with is empty for people. */
function WithoutCard() {
  const { params } = useRepository()
  const { data, error } = useMaybe(files.listRootTree, { params: { ...params, rev: mainBranch }, query: { limit: 2 } })
  if (data?.every(({ path }) => path === madeByTheHub)) return <FirstFiles />
  return (
    <BesideFacts>
      <ErrorNote error={error} />
      {data ? <NoCard /> : <DocumentSkeleton />}
    </BesideFacts>
  )
}

function BesideFacts({ children }: { children: ReactNode }) {
  return (
    <div className={classes.columns}>
      <section aria-label="Card" className={classes.card}>
        {children}
      </section>
      <aside className={classes.side} aria-label="About">
        <section aria-label="Download">
          <Title order={2} size="h5" mb="xs">
            Download
          </Title>
          <DownloadBox />
        </section>
        <CardFacts />
      </aside>
    </div>
  )
}

function CardText({ isThere }: { isThere: boolean }) {
  const repository = useRepository()
  const { data, error } = useText(mainBranch, isThere ? cardPath : undefined)
  if (error) return <ErrorNote error={error} />
  if (data === undefined) return <DocumentSkeleton />
  const text = withoutFrontMatter(data ?? '').trim()
  if (text === '' || text === `# ${repository.name}`) return <BareCard />
  return (
    <Document
      text={text}
      place={`${repository.type}/${repository.id}/${mainBranch}/${cardPath}`}
      around={surroundingsOf(repository, mainBranch, cardPath)}
    />
  )
}

function NoCard() {
  const repository = useRepository()
  return (
    <Invitation
      title="No card yet"
      page={newFilePage(repository, mainBranch, cardPath)}
      otherwise={`This ${repository.type} has no README.md.`}
    >
      Add a README.md that says what this {repository.type} is for, how it was made, and its license.
    </Invitation>
  )
}

function BareCard() {
  const repository = useRepository()
  return (
    <Invitation
      title="No description yet"
      page={filePage(repository, 'edit', mainBranch, cardPath)}
      otherwise={`The README.md of this ${repository.type} is empty.`}
    >
      Describe in README.md what this {repository.type} is for and how it was made.
    </Invitation>
  )
}

function LongCard() {
  const repository = useRepository()
  return (
    <Empty title="This card is too long to display">
      README.md is larger than {sized(readAtMostBytes)}.{' '}
      <LinkTo {...filePage(repository, 'blob', mainBranch, cardPath)}>View file</LinkTo>
    </Empty>
  )
}

interface Invited {
  title: string
  page: Place
  children: ReactNode
  /** What those read who cannot write it. */
  otherwise: string
}

function Invitation({ title, page, children, otherwise }: Invited) {
  const { may } = useRepository()
  if (!may('repo.write')) return <Empty title={title}>{otherwise}</Empty>
  return (
    <Empty
      title={title}
      action={
        <ButtonTo {...page} variant="filled">
          Write card
        </ButtonTo>
      }
    >
      {children}
    </Empty>
  )
}
