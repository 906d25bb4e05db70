import { Skeleton, Stack, Typography } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type MouseEvent, useEffect } from 'react'
import { useGo } from '../go.ts'
import { givenPlace } from '../places.ts'
import classes from './Document.module.css'
import { anchorOf, renderDocument, type Surroundings } from './harmless.ts'

interface Written {
  text: string
  /** Distinguishes documents with the same text in different places. */
  place: string
  around: Surroundings
}

/** A markdown document of a repository; links to its neighbours lead to their pages. */
export function Document({ text, place, around }: Written) {
  const go = useGo()
  const { data } = useQuery({
    queryKey: ['document', place, text],
    queryFn: () => renderDocument(text, around),
    staleTime: Number.POSITIVE_INFINITY,
  })
  useEffect(() => {
    if (data !== undefined) showTarget(location.hash)
  }, [data])
  if (data === undefined) return <DocumentSkeleton />
  const follow = (event: MouseEvent) => {
    const target = (event.target as Element).closest('a')?.getAttribute('href')
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!target?.startsWith('/') || !isPlain || /\/(resolve|raw|api)\//.test(target)) return
    event.preventDefault()
    void go(givenPlace(target))
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click too
    // biome-ignore lint/a11y/noStaticElementInteractions: the links inside are what is used
    <div onClick={follow}>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by DOMPurify */}
      <Typography className={classes.document ?? ''} dangerouslySetInnerHTML={{ __html: data }} />
    </div>
  )
}

// The heading that the address names was not there yet when the page came.
function showTarget(hash: string): void {
  const name = headingIn(hash)
  if (name === '') return
  const target = document.getElementById(name) ?? document.getElementById(anchorOf(name))
  target?.scrollIntoView()
}

// What stands behind the # may be anything, a broken escape too.
function headingIn(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1))
  } catch {
    return ''
  }
}

/** The shape of a document while it is being read. */
export function DocumentSkeleton() {
  return (
    <Stack gap="sm" role="status" aria-label="Loading">
      <Skeleton height={28} width="45%" />
      <Skeleton height={14} />
      <Skeleton height={14} width="92%" />
      <Skeleton height={14} width="70%" />
      <Skeleton height={120} mt="md" />
    </Stack>
  )
}
