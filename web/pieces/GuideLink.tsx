import { type Guide, guidePage, guideTitles } from '../guides.ts'
import { LinkTo } from './LinkTo.tsx'

/** The way to the guide that explains a page. */
export function GuideLink({ guide }: { guide: Guide }) {
  return (
    <LinkTo {...guidePage(guide)} style={{ whiteSpace: 'nowrap' }} aria-label={`Learn more: ${guideTitles[guide]}`}>
      Learn more
    </LinkTo>
  )
}
