import { ActionIcon, Group, Skeleton, Text } from '@mantine/core'
import { IconDownload, IconFile, IconFolderFilled } from '@tabler/icons-react'
import { createContext, useContext, useMemo } from 'react'
import { files, sized } from '../../../../api/index.ts'
import { revisionAddress } from '../../../addresses.ts'
import { type Endless, useEndless } from '../../../endless.ts'
import type { Column } from '../../../pieces/columns.ts'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { commitPage, filePage, folderPage } from '../../../places.ts'
import { type Repository, useRepository } from '../../../repository.ts'
import { counted } from '../../../words.ts'
import { Missing } from '../Missing.tsx'
import { nameOf, shortRevision } from '../paths.ts'
import classes from './FileTable.module.css'

type Entry = files.TreeEntry
type LastCommits = Map<string, Entry['lastCommit']> | undefined

const pageSize = 1000

/** The folders and files of a folder; their last commits appear when they are known. */
export function FileTable({ rev, path }: { rev: string; path: string }) {
  const repository = useRepository()
  const names = useTree(rev, path, false)
  const told = useTree(rev, path, true)
  const commits = useMemo(
    () => (told.loading ? undefined : new Map(told.rows.map((row) => [row.path, row.lastCommit]))),
    [told.loading, told.rows],
  )
  const list = useMemo(() => inOrder(names, told), [names, told])
  const columns = useMemo(() => columnsFor(repository, rev), [repository, rev])
  if (list.error && list.rows.length === 0) {
    return <Missing what={path || shortRevision(rev)} of={path === '' ? 'revision' : 'file'} error={list.error} />
  }
  return (
    <div>
      <Commits.Provider value={commits}>
        <EndlessTable
          label={`Files of ${path === '' ? repository.id : path}`}
          columns={columns}
          list={list}
          rowKey={({ path: key }) => key}
          heights={{ row: 41, card: 62 }}
          dense
          foot={countWords(list)}
          empty={<Text c="dimmed">This folder is empty.</Text>}
        />
      </Commits.Provider>
    </div>
  )
}

function useTree(rev: string, path: string, expand: boolean): Endless<Entry> {
  const { params } = useRepository()
  const query = { limit: pageSize, ...(expand ? { expand: 'true' as const } : {}) }
  const top = useEndless(files.listRootTree, { params: { ...params, rev }, query }, path === '')
  const below = useEndless(files.listTree, { params: { ...params, rev, path }, query }, path !== '')
  return path === '' ? top : below
}

// Folders first; a list that goes on is left as it comes, so that nothing jumps while it is read.
function inOrder(names: Endless<Entry>, told: Endless<Entry>): Endless<Entry> {
  const readMore = () => {
    names.readMore()
    told.readMore()
  }
  const isWhole = !names.more && names.rows.length <= pageSize
  const rows = isWhole ? names.rows.toSorted((a, b) => rank(a) - rank(b)) : names.rows
  return { ...names, rows, readMore }
}

const rank = ({ type }: Entry) => (type === 'directory' ? 0 : 1)

function countWords({ rows, more }: Endless<Entry>): string {
  if (more) return `${rows.length.toLocaleString('en')} entries shown. Scroll for more.`
  const folders = rows.filter(({ type }) => type === 'directory').length
  const found = rows.length - folders
  const size = rows.reduce((sum, row) => sum + (row.type === 'file' ? row.size : 0), 0)
  const counts = [folders > 0 && counted(folders, 'folder'), found > 0 && `${counted(found, 'file')} (${sized(size)})`]
  return counts.filter(Boolean).join(', ')
}

const Commits = createContext<LastCommits>(undefined)

function columnsFor(repository: Repository, rev: string): Column<Entry>[] {
  return [
    { id: 'name', header: 'Name', width: '34%', card: 'title', cell: (row) => <Name row={row} rev={rev} /> },
    { id: 'size', header: 'Size', width: '110px', card: 'aside', cell: (row) => <Size row={row} /> },
    { id: 'commit', header: 'Last commit', card: 'foot', cell: (row) => <LastCommit row={row} /> },
    {
      id: 'download',
      header: 'Download',
      width: '52px',
      card: 'none',
      quiet: true,
      cell: (row) => row.type === 'file' && <Download repository={repository} rev={rev} path={row.path} />,
    },
  ]
}

function Name({ row, rev }: { row: Entry; rev: string }) {
  const repository = useRepository()
  const isFolder = row.type === 'directory'
  const Icon = isFolder ? IconFolderFilled : IconFile
  return (
    <Group gap={8} wrap="nowrap" miw={0}>
      <Icon
        size={17}
        className={classes.icon ?? ''}
        data-folder={isFolder || undefined}
        role="img"
        aria-label={isFolder ? 'Folder' : 'File'}
      />
      <LinkTo
        {...(isFolder ? folderPage(repository, 'tree', rev, row.path) : filePage(repository, 'blob', rev, row.path))}
        size="sm"
        truncate
        title={nameOf(row.path)}
      >
        {nameOf(row.path)}
      </LinkTo>
      {row.lfs && <Word>LFS</Word>}
    </Group>
  )
}

function Size({ row }: { row: Entry }) {
  if (row.type === 'directory') return null
  return (
    <Text span size="sm" c="dimmed" className="nowrap" title={counted(row.size, 'byte')}>
      {sized(row.size)}
    </Text>
  )
}

function LastCommit({ row }: { row: Entry }) {
  const repository = useRepository()
  const commits = useContext(Commits)
  if (commits === undefined) return <Skeleton height={12} width="70%" />
  const commit = commits.get(row.path)
  if (!commit) return null
  return (
    <Group gap="sm" wrap="nowrap" justify="space-between" miw={0}>
      <LinkTo {...commitPage(repository, commit.id)} size="sm" c="dimmed" truncate title={commit.title}>
        {commit.title}
      </LinkTo>
      <Text span size="sm" c="dimmed" className="nowrap">
        <When time={commit.date} />
      </Text>
    </Group>
  )
}

function Download({ repository, rev, path }: { repository: Repository; rev: string; path: string }) {
  return (
    <ActionIcon
      component="a"
      variant="subtle"
      color="gray"
      size="sm"
      href={`${revisionAddress(repository, 'resolve', rev, path)}?download=true`}
      download={nameOf(path)}
      aria-label={`Download ${nameOf(path)}`}
    >
      <IconDownload size={16} aria-hidden />
    </ActionIcon>
  )
}
