import { SegmentedControl, Skeleton, Stack } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { z } from 'zod'
import { type files, sized } from '../../../../api/index.ts'
import { useAddressState } from '../../../address-state.ts'
import { revisionAddress } from '../../../addresses.ts'
import { Document } from '../../../pieces/Document.tsx'
import { Empty } from '../../../pieces/Empty.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { drawnAddress, isDrawing } from '../../../pieces/harmless.ts'
import { useRepository } from '../../../repository.ts'
import { readAtMostBytes, useText } from '../content.ts'
import { nameOf, surroundingsOf, withoutFrontMatter } from '../paths.ts'
import { CsvTable } from './CsvTable.tsx'
import classes from './File.module.css'

// The editor's library is large, and fetched only for those who look at text.
const CodeView = lazy(() => import('./CodeView.tsx').then((file) => ({ default: file.CodeView })))

interface Shown {
  entry: files.TreeEntry
  rev: string
}

const image = /\.(png|jpe?g|gif|webp|avif|bmp|ico)$/i
const markdown = /\.(md|markdown)$/i
const notText =
  /\.(safetensors|bin|pt|pth|ckpt|onnx|gguf|h5|npy|npz|parquet|arrow|pkl|joblib|zip|gz|tar|zst|7z|pdf|mp[34]|wav|flac|ogg)$/i
const table = /\.(csv|tsv)$/i

/** What is in a file, as far as it can be shown: a picture, a document, a table, or text. */
export function FileContent({ entry, rev }: Shown) {
  if (image.test(entry.path)) return <Picture entry={entry} rev={rev} />
  if (isDrawing(entry.path) && entry.size <= readAtMostBytes) return <Drawing entry={entry} rev={rev} />
  if (entry.size === 0) return <Empty title="This file is empty">It has no content.</Empty>
  if (notText.test(entry.path)) return <NotShown entry={entry} title="No preview for this file" />
  if (entry.size > readAtMostBytes) {
    return <NotShown entry={entry} title="This file is too large to display" />
  }
  return <SmallFile entry={entry} rev={rev} />
}

function Picture({ entry, rev }: Shown) {
  return <Image entry={entry} address={revisionAddress(useRepository(), 'resolve', rev, entry.path)} />
}

function Drawing({ entry, rev }: Shown) {
  const { data, error, isPending } = useText(rev, entry.path)
  if (isPending) return <Skeleton height={320} />
  if (error) return <ErrorNote error={error} />
  return <Rendered entry={entry} rev={rev} text={data ?? ''} words="Drawing" />
}

function Image({ entry, address }: { entry: files.TreeEntry; address: string }) {
  const [broken, setBroken] = useState(false)
  if (broken) return <NotShown entry={entry} title="This image can’t be displayed" />
  return (
    <div className={classes.frame}>
      <img className={classes.image} src={address} alt={nameOf(entry.path)} onError={() => setBroken(true)} />
    </div>
  )
}

function SmallFile({ entry, rev }: Shown) {
  const { data, error, isPending } = useText(rev, entry.path)
  if (isPending) return <Skeleton height={320} />
  if (error) return <ErrorNote error={error} />
  if (data === null) return <NotShown entry={entry} title="No preview for this file" />
  if (markdown.test(entry.path)) return <Rendered entry={entry} rev={rev} text={data} words="Rendered" />
  if (table.test(entry.path)) return <Rendered entry={entry} rev={rev} text={data} words="Table" />
  return <Source entry={entry} text={data} />
}

const View = z.object({ view: z.literal('source') })

/** A file that can be looked at in two ways; the address says which. */
function Rendered({ entry, rev, text, words }: Shown & { text: string; words: 'Rendered' | 'Table' | 'Drawing' }) {
  const [{ view }, setAddress] = useAddressState(View)
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        aria-label="View"
        style={{ alignSelf: 'flex-start' }}
        value={view ?? 'rendered'}
        onChange={(value) => setAddress({ view: value === 'source' ? 'source' : undefined })}
        data={[
          { value: 'rendered', label: words },
          { value: 'source', label: 'Source' },
        ]}
      />
      {view === 'source' && <Source entry={entry} text={text} />}
      {view !== 'source' && words === 'Table' && <CsvTable text={text} name={nameOf(entry.path)} />}
      {view !== 'source' && words === 'Drawing' && <Image entry={entry} address={drawnAddress(text)} />}
      {view !== 'source' && words === 'Rendered' && <Written entry={entry} rev={rev} text={text} />}
    </Stack>
  )
}

function Written({ entry, rev, text }: Shown & { text: string }) {
  const repository = useRepository()
  return (
    <div className={`${classes.frame} ${classes.document}`}>
      <Document
        text={withoutFrontMatter(text)}
        place={`${repository.type}/${repository.id}/${rev}/${entry.path}`}
        around={surroundingsOf(repository, rev, entry.path)}
      />
    </div>
  )
}

function Source({ entry, text }: { entry: files.TreeEntry; text: string }) {
  return (
    <div className={classes.frame}>
      <Suspense fallback={<Skeleton height={320} />}>
        <CodeView text={text} name={nameOf(entry.path)} />
      </Suspense>
    </div>
  )
}

function NotShown({ entry, title }: { entry: files.TreeEntry; title: string }) {
  const isLarge = entry.size > readAtMostBytes && !notText.test(entry.path)
  return (
    <Empty title={title}>
      {isLarge ? `Text files up to ${sized(readAtMostBytes)} are displayed.` : 'Only text and images are displayed.'}{' '}
      Download it to open it.
    </Empty>
  )
}
