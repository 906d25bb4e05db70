import { Group, Stack, Text, Title } from '@mantine/core'
import { IconFolderCode } from '@tabler/icons-react'
import { Fragment } from 'react'
import { files } from '../../../api/index.ts'
import { useMaybe } from '../../hub.ts'
import { CopyIcon } from '../../pieces/Copy.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'
import { When } from '../../pieces/When.tsx'
import { commitPage, folderPage } from '../../places.ts'
import { useRepository, useRevision } from '../../repository.ts'
import { counted } from '../../words.ts'
import classes from './commit/Commit.module.css'
import { FileChange } from './commit/FileChange.tsx'
import { AuthorPortrait, Authors } from './history/Authors.tsx'
import { Missing } from './Missing.tsx'
import { shortRevision } from './paths.ts'

/** One commit: why it was made, by whom, and what it changed. */
export function Page() {
  const { params } = useRepository()
  const { rev } = useRevision()
  const { data, error } = useMaybe(files.getCommit, { params: { ...params, rev } })
  if (error) return <Missing what={shortRevision(rev)} of="revision" error={error} />
  return data ? <Told commit={data} /> : <PageSkeleton />
}

function Told({ commit }: { commit: files.CommitDetails }) {
  const repository = useRepository()
  const body = commit.message.trim()
  return (
    <Stack gap="lg">
      <title>{`${commit.title} · ${repository.id}`}</title>
      <div className={classes.head}>
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="md">
          <Title order={2} size="h4" className={classes.title ?? ''}>
            {commit.title || 'No message'}
          </Title>
          <ButtonTo
            {...folderPage(repository, 'tree', commit.id)}
            leftSection={<IconFolderCode size={16} aria-hidden />}
            style={{ flex: 'none' }}
          >
            Files
          </ButtonTo>
        </Group>
        {body !== '' && <pre className={classes.body}>{body}</pre>}
        <Group gap="sm" mt="sm">
          <AuthorPortrait author={commit.authors[0]} size={24} />
          <Text size="sm" c="dimmed" component="div">
            <Authors authors={commit.authors} />, <When time={commit.date} />
          </Text>
          <Group gap={4} ml="auto">
            <Text size="xs" c="dimmed" component="div">
              <Parents parents={commit.parents} />
            </Text>
            <Text size="xs" className="mono">
              {shortRevision(commit.id)}
            </Text>
            <CopyIcon value={commit.id} label="Copy commit ID" size="sm" />
          </Group>
        </Group>
      </div>
      <Changes commit={commit} />
    </Stack>
  )
}

function Parents({ parents }: { parents: string[] }) {
  const repository = useRepository()
  if (parents.length === 0) return 'first commit'
  return (
    <>
      {parents.length === 1 ? 'parent ' : 'parents '}
      {parents.map((id, index) => (
        <Fragment key={id}>
          {index > 0 && ', '}
          <LinkTo {...commitPage(repository, id)} className="mono">
            {shortRevision(id)}
          </LinkTo>
        </Fragment>
      ))}
      {' ·'}
    </>
  )
}

function Changes({ commit }: { commit: files.CommitDetails }) {
  const sum = (count: 'additions' | 'deletions') => commit.files.reduce((all, file) => all + file[count], 0)
  return (
    <Stack gap="md" component="section" aria-label="Changes">
      <Text size="sm" c="dimmed">
        {commit.truncated && 'Only part of this commit is shown: '}
        {counted(commit.files.length, 'file')} changed, {counted(sum('additions'), 'line')} added,{' '}
        {sum('deletions').toLocaleString('en')} removed.
      </Text>
      {commit.files.map((change, index) => (
        <FileChange key={change.path} change={change} commit={commit} startsOpen={index < openAtFirst} />
      ))}
    </Stack>
  )
}

/** A commit of a thousand files would be a page of a hundred thousand lines. */
const openAtFirst = 20
