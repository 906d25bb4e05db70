import { Typography } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { renderText } from './harmless.ts'

/** Text that a person wrote in markdown, made harmless before it is shown. */
export function Markdown({ text }: { text: string }) {
  const { data } = useQuery({
    queryKey: ['markdown', text],
    queryFn: () => renderText(text),
    staleTime: Number.POSITIVE_INFINITY,
  })
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by DOMPurify
  return <Typography fz="sm" dangerouslySetInnerHTML={{ __html: data ?? '' }} />
}
