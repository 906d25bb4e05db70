import type { ReactNode } from 'react'
import { CopyIcon } from '../../pieces/Copy.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { folderPage } from '../../places.ts'
import { useRepository } from '../../repository.ts'
import classes from './Crumbs.module.css'
import { nameOf } from './paths.ts'

/** Where in the repository something is: every folder above it a link, its whole path to copy. */
export function Crumbs({ rev, path, children }: { rev: string; path: string; children?: ReactNode }) {
  const repository = useRepository()
  const parts = path.split('/')
  const above = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))
  return (
    <nav aria-label="Folder" className={classes.crumbs}>
      <ol className={classes.list}>
        <li>
          <LinkTo {...folderPage(repository, 'tree', rev)}>{repository.name}</LinkTo>
        </li>
        {above.map((folder) => (
          <li key={folder}>
            <LinkTo {...folderPage(repository, 'tree', rev, folder)}>{nameOf(folder)}</LinkTo>
          </li>
        ))}
        <li aria-current="page" className={classes.here}>
          {nameOf(path)}
        </li>
      </ol>
      <CopyIcon value={path} label="Copy path" size="sm" />
      {children}
    </nav>
  )
}
