import { ActionIcon, Group, Text, Tooltip } from '@mantine/core'
import { IconFolderCode } from '@tabler/icons-react'
import type { files } from '../../../../api/index.ts'
import { CopyIcon } from '../../../pieces/Copy.tsx'
import { LinkTo, PlaceLink } from '../../../pieces/LinkTo.tsx'
import { When } from '../../../pieces/When.tsx'
import { commitPage, folderPage } from '../../../places.ts'
import { useRepository } from '../../../repository.ts'
import { shortRevision } from '../paths.ts'
import { AuthorPortrait, Authors } from './Authors.tsx'
import classes from './History.module.css'

/** One commit in a list: who, what, when, its id, and a way to the files as they were then. */
export function CommitLine({ commit }: { commit: files.CommitEntry }) {
  const repository = useRepository()
  const page = commitPage(repository, commit.id)
  const short = shortRevision(commit.id)
  return (
    <li className={classes.line}>
      <AuthorPortrait author={commit.authors[0]} />
      <div className={classes.words}>
        <LinkTo {...page} size="sm" fw={500} c="inherit">
          {commit.title || 'No message'}
        </LinkTo>
        <Text size="xs" c="dimmed" component="div">
          <Authors authors={commit.authors} />, <When time={commit.date} />
        </Text>
      </div>
      <Group gap={4} wrap="nowrap" className={classes.tools ?? ''}>
        <LinkTo {...page} size="xs" className="mono">
          {short}
        </LinkTo>
        <CopyIcon value={commit.id} label={`Copy commit ID ${short}`} size="sm" />
        <Tooltip label="View files at this commit">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`View files at ${short}`}
            renderRoot={(props) => <PlaceLink {...folderPage(repository, 'tree', commit.id)} {...props} />}
          >
            <IconFolderCode size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
    </li>
  )
}
