import { Group, Text } from '@mantine/core'
import { type files, sized } from '../../../../api/index.ts'
import { CopyIcon } from '../../../pieces/Copy.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { commitPage } from '../../../places.ts'
import { useRepository } from '../../../repository.ts'
import { counted } from '../../../words.ts'
import classes from './File.module.css'

/** What is known of a file without reading it: its size, its last commit, and where it is kept. */
export function FileFacts({ entry }: { entry: files.TreeEntry }) {
  const repository = useRepository()
  const { lastCommit: commit, lfs } = entry
  return (
    <div className={classes.facts}>
      <Text size="sm" c="dimmed" component="div" className="sentence">
        <span title={counted(entry.size, 'byte')}>{sized(entry.size)}</span>
        {commit && (
          <>
            {' '}
            · last changed <When time={commit.date} /> in{' '}
            <LinkTo {...commitPage(repository, commit.id)}>{commit.title}</LinkTo>
          </>
        )}
      </Text>
      {lfs && (
        <Group gap={8} wrap="nowrap" miw={0}>
          <Word>LFS</Word>
          <Text size="xs" c="dimmed" className={`mono ${classes.hash}`} title={`sha256 ${lfs.oid}`}>
            sha256 {lfs.oid}
          </Text>
          <CopyIcon value={lfs.oid} label="Copy SHA-256" size="sm" />
        </Group>
      )}
    </div>
  )
}
