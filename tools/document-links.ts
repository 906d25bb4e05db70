import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { root } from './files.ts'
import type { Finding, Source } from './source-rules.ts'

const link = /\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g

/** Finds links between documents whose file or heading does not exist. */
export function documentLinks(sources: Source[]): Finding[] {
  const documents = sources.filter(({ file }) => file.endsWith('.md'))
  const headings = new Map(documents.map((document) => [document.file, headingsOf(document)]))
  return documents.flatMap(({ file, lines }) =>
    linksOf(lines)
      .filter(({ path, heading }) => !leadsSomewhere(targetOf(file, path), heading, headings))
      .map(({ text, line }) => ({ file, line, problem: `links to ${text}, which does not exist.` })),
  )
}

function leadsSomewhere(target: string, heading: string | undefined, headings: Map<string, Set<string>>): boolean {
  if (!existsSync(root + target)) return false
  return heading === undefined || (headings.get(target)?.has(heading) ?? false)
}

function targetOf(file: string, path: string): string {
  return path === '' ? file : posix.join(posix.dirname(file), path)
}

function linksOf(lines: string[]): { text: string; path: string; heading: string | undefined; line: number }[] {
  return withoutCode(lines).flatMap((text, index) =>
    [...text.replaceAll(/`[^`]*`/g, '').matchAll(link)].map(([, path = '', heading]) => ({
      text: heading === undefined ? path : `${path}#${heading}`,
      path,
      heading,
      line: index + 1,
    })),
  )
}

function headingsOf({ lines }: Source): Set<string> {
  return new Set(withoutCode(lines).flatMap((text) => slugOf(/^#+ (.+)$/.exec(text)?.[1]) ?? []))
}

function slugOf(heading: string | undefined): string | undefined {
  return heading
    ?.toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}

function withoutCode(lines: string[]): string[] {
  let isCode = false
  return lines.map((text) => {
    if (/^\s*```/.test(text)) isCode = !isCode
    return isCode ? '' : text
  })
}
