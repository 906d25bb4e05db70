import { Typography } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

/** Text that a person wrote in markdown, made harmless before it is shown. */
export function Markdown({ text }: { text: string }) {
  const { data } = useQuery({
    queryKey: ['markdown', text],
    queryFn: () => render(text),
    staleTime: Number.POSITIVE_INFINITY,
  })
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by DOMPurify
  return <Typography fz="sm" dangerouslySetInnerHTML={{ __html: data ?? '' }} />
}

// Fetched only where there is something to render.
async function render(text: string): Promise<string> {
  const [{ marked }, { default: purify }] = await Promise.all([import('marked'), import('dompurify')])
  const html = await marked.parse(text, { gfm: true, breaks: true })
  // Pictures from elsewhere would tell somebody else who reads the page.
  return purify.sanitize(html, {
    FORBID_TAGS: ['img', 'style', 'form', 'input', 'button', 'svg', 'math', 'video', 'audio'],
    FORBID_ATTR: ['style', 'class', 'id'],
  })
}
