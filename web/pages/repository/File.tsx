import { Button, Group, Skeleton, Stack } from '@mantine/core'
import { IconDownload, IconFileText, IconHistory, IconPencil } from '@tabler/icons-react'
import type { files } from '../../../api/index.ts'
import { revisionAddress } from '../../addresses.ts'
import { GoTo } from '../../pieces/GoTo.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { filePage, folderPage, historyPage } from '../../places.ts'
import { useRepository, useRevision } from '../../repository.ts'
import { Crumbs } from './Crumbs.tsx'
import { useEntry } from './content.ts'
import { FileContent } from './file/Content.tsx'
import { FileFacts } from './file/Facts.tsx'
import classes from './file/File.module.css'
import { Missing } from './Missing.tsx'
import { nameOf } from './paths.ts'
import { RevisionSwitcher } from './RevisionSwitcher.tsx'
import { useReferences } from './references.ts'

type Entry = files.TreeEntry

/** One file of a revision: what is in it, where it came from, and what can be done with it. */
export function Page() {
  const repository = useRepository()
  const { rev, path } = useRevision()
  const { data: entry, error } = useEntry(rev, path)
  if (error || entry === null) return <Missing what={path} error={error} />
  if (entry?.type === 'directory') return <GoTo {...folderPage(repository, 'tree', rev, path)} />
  return (
    <Stack gap="md">
      <title>{`${path} · ${repository.id}`}</title>
      <Group gap="sm">
        <RevisionSwitcher to={(chosen) => filePage(repository, 'blob', chosen, path)} />
        <Group gap="xs" ml="auto" className={classes.actions ?? ''}>
          <Actions rev={rev} path={path} />
        </Group>
      </Group>
      <Crumbs rev={rev} path={path} />
      {entry ? <Shown entry={entry} rev={rev} /> : <Skeleton height={320} />}
    </Stack>
  )
}

function Shown({ entry, rev }: { entry: Entry; rev: string }) {
  return (
    <Stack gap="sm">
      <FileFacts entry={entry} />
      <FileContent key={`${rev}/${entry.path}`} entry={entry} rev={rev} />
    </Stack>
  )
}

function Actions({ rev, path }: { rev: string; path: string }) {
  const repository = useRepository()
  const { isBranch } = useReferences()
  const mayChange = repository.may('repo.write') && isBranch(rev)
  return (
    <>
      <ButtonTo {...historyPage(repository, rev, { file: path })} leftSection={<IconHistory size={16} aria-hidden />}>
        History
      </ButtonTo>
      <Button
        component="a"
        href={revisionAddress(repository, 'raw', rev, path)}
        leftSection={<IconFileText size={16} aria-hidden />}
      >
        Raw
      </Button>
      {mayChange && (
        <ButtonTo {...filePage(repository, 'edit', rev, path)} leftSection={<IconPencil size={16} aria-hidden />}>
          Edit
        </ButtonTo>
      )}
      <Button
        component="a"
        variant="filled"
        href={`${revisionAddress(repository, 'resolve', rev, path)}?download=true`}
        download={nameOf(path)}
        leftSection={<IconDownload size={16} aria-hidden />}
      >
        Download
      </Button>
    </>
  )
}
