import { Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { docAddress, docAt, linkedDoc } from '../../guides.ts'
import { Document } from '../../pieces/Document.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { NotFound } from '../../pieces/Refused.tsx'
import classes from './Guide.module.css'

const root = '../../../docs/'
const texts = import.meta.glob<string>('../../../docs/**/*.md', { query: '?raw', import: 'default' })
const pictures = import.meta.glob<string>('../../../docs/pictures/*.png', {
  query: '?url',
  import: 'default',
  eager: true,
})
const known = new Set(Object.keys(texts).map((file) => file.slice(root.length, -'.md'.length)))

/** The documentation, from the files of docs/. */
export function Page() {
  const { _splat: address = '' } = useParams({ strict: false })
  const path = docAt(address, known)
  return path === undefined ? <NotFound /> : <Written path={path} />
}

function Written({ path }: { path: string }) {
  const { data: text } = useSuspenseQuery({
    queryKey: ['docs', path],
    queryFn: () => texts[`${root}${path}.md`]?.() ?? '',
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [, title = '', rest = text] = /^# (.*)\n([\s\S]*)$/.exec(text) ?? []
  return (
    <article className={classes.page}>
      {path !== 'README' && (
        <Text size="sm" mb="xs">
          <LinkTo to="/docs">Documentation</LinkTo>
        </Text>
      )}
      <PageHead title={title} />
      <Document text={rest} place={`docs/${path}`} around={aroundOf(path)} />
    </article>
  )
}

function aroundOf(path: string) {
  return {
    page: (link: string) => {
      const target = linkedDoc(path, link)?.replace(/\.md$/, '')
      return target !== undefined && known.has(target) ? docAddress(target) : undefined
    },
    bytes: (link: string) => pictures[`${root}${linkedDoc(path, link)}`] ?? '',
  }
}
