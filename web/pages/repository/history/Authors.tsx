import { Fragment } from 'react'
import type { files } from '../../../../api/index.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Letters, Portrait } from '../../../pieces/Portrait.tsx'

type Author = files.CommitEntry['authors'][number]

/** The people of a commit; those with an account here are links. */
export function Authors({ authors }: { authors: Author[] }) {
  return authors.map((author, index) => (
    <Fragment key={author.user}>
      {index > 0 && ', '}
      {author.avatar === undefined ? (
        author.user
      ) : (
        <LinkTo to="/$name" params={{ name: author.user }} c="inherit">
          {author.user}
        </LinkTo>
      )}
    </Fragment>
  ))
}

/** The picture of an author, or the initials of the name that git has. */
export function AuthorPortrait({ author, size = 28 }: { author: Author | undefined; size?: number }) {
  if (author?.avatar !== undefined) return <Portrait name={author.user} size={size} />
  return <Letters name={author?.user ?? ''} size={size} />
}
