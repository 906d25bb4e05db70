import { Text, Title } from '@mantine/core'
import { revisionAddress } from '../../addresses.ts'
import { Document, DocumentSkeleton } from '../../pieces/Document.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { mainBranch, useRepository } from '../../repository.ts'
import classes from './Card.module.css'
import { CardFacts } from './card/Facts.tsx'
import { FirstFiles } from './card/FirstFiles.tsx'
import { useEntry, useText } from './content.ts'
import { DownloadBox } from './DownloadBox.tsx'
import { surroundingsOf, withoutFrontMatter } from './paths.ts'

/** What a repository says of itself: its card, and beside it the facts. */
export function Page() {
  const { row } = useRepository()
  if (!row.sha) return <FirstFiles />
  return (
    <div className={classes.columns}>
      <section aria-label="Card" className={classes.card}>
        <CardText />
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

const cardPath = 'README.md'

function CardText() {
  const repository = useRepository()
  const entry = useEntry(mainBranch, cardPath)
  const card = useText(mainBranch, entry.data ? cardPath : undefined)
  if (entry.isPending || card.isLoading) return <DocumentSkeleton />
  if (entry.error ?? card.error) return <ErrorNote error={entry.error ?? card.error} />
  if (!entry.data) return <NoCard />
  const text = withoutFrontMatter(card.data ?? '').trim()
  if (text === '') return <Text c="dimmed">The card holds metadata only.</Text>
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
  const create = revisionAddress(repository, 'new', mainBranch)
  return (
    <Empty
      title="No card yet"
      action={
        repository.may('repo.write') && (
          <ButtonTo to={create} search={{ name: cardPath }} variant="filled">
            Write the card
          </ButtonTo>
        )
      }
    >
      A card is the file README.md: what this {repository.type} is for, how it was made, and its license.{' '}
      <LinkTo to={revisionAddress(repository, 'tree', mainBranch)}>See the files</LinkTo>
    </Empty>
  )
}
