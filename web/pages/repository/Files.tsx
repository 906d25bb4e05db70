import { Button, Group, Menu, Popover, Stack, Text } from '@mantine/core'
import { IconChevronDown, IconDownload, IconFilePlus, IconGitBranch, IconPlus, IconUpload } from '@tabler/icons-react'
import { LinkTo, MenuItemTo } from '../../pieces/LinkTo.tsx'
import { folderPage, historyPage, repoPage } from '../../places.ts'
import { mainBranch, useRepository, useRevision } from '../../repository.ts'
import { counted } from '../../words.ts'
import { Crumbs } from './Crumbs.tsx'
import { FirstFiles } from './card/FirstFiles.tsx'
import { DownloadBox } from './DownloadBox.tsx'
import { FileTable } from './files/FileTable.tsx'
import { shortRevision } from './paths.ts'
import { RevisionSwitcher } from './RevisionSwitcher.tsx'
import { useReferences } from './references.ts'

/** What is in a folder of a revision. */
export function Page() {
  const repository = useRepository()
  const { row, id } = repository
  const { rev, path } = useRevision()
  if (!row.sha) return <FirstFiles />
  return (
    <Stack gap="md">
      <title>{`${path || 'Files'} · ${id}`}</title>
      <Group gap="sm">
        <RevisionSwitcher to={(chosen) => folderPage(repository, 'tree', chosen, path)} />
        <ReferenceCounts />
        <Group gap="sm" ml="auto">
          <AddFile />
          <Download />
        </Group>
      </Group>
      {path !== '' && (
        <Crumbs rev={rev} path={path}>
          <FolderHistory rev={rev} path={path} />
        </Crumbs>
      )}
      <FileTable key={`${rev}/${path}`} rev={rev} path={path} />
    </Stack>
  )
}

function FolderHistory({ rev, path }: { rev: string; path: string }) {
  const repository = useRepository()
  return (
    <Text span size="sm" ml="auto" className="nowrap">
      <LinkTo {...historyPage(repository, rev, { file: path })} c="dimmed">
        Folder history
      </LinkTo>
    </Text>
  )
}

function ReferenceCounts() {
  const repository = useRepository()
  const { branches, tags } = useReferences()
  if (!branches || !tags) return null
  return (
    <LinkTo {...repoPage(repository, '/branches')} size="sm" c="dimmed">
      <Group component="span" gap={6}>
        <IconGitBranch size={16} aria-hidden />
        {counted(branches.length, 'branch', 'branches')}, {counted(tags.length, 'tag')}
      </Group>
    </LinkTo>
  )
}

/** The ways into the folder that is shown, for those who may change the branch. */
function AddFile() {
  const repository = useRepository()
  const { rev, path } = useRevision()
  const { isBranch } = useReferences()
  if (!repository.may('repo.write') || !isBranch(rev)) return null
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <Button
          leftSection={<IconPlus size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          Add file
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <MenuItemTo {...folderPage(repository, 'new', rev, path)} leftSection={<IconFilePlus size={16} aria-hidden />}>
          Create file
        </MenuItemTo>
        <MenuItemTo {...folderPage(repository, 'upload', rev, path)} leftSection={<IconUpload size={16} aria-hidden />}>
          Upload files
        </MenuItemTo>
      </Menu.Dropdown>
    </Menu>
  )
}

function Download() {
  const { rev } = useRevision()
  return (
    <Popover position="bottom-end" width={400} trapFocus withinPortal>
      <Popover.Target>
        <Button
          variant="filled"
          leftSection={<IconDownload size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          Download
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="calc(100vw - 2rem)" aria-label="Download">
        <Text size="sm" fw={500} mb="xs">
          {rev === mainBranch ? 'Download the repository' : `Download the repository at ${shortRevision(rev)}`}
        </Text>
        <DownloadBox rev={rev} />
      </Popover.Dropdown>
    </Popover>
  )
}
