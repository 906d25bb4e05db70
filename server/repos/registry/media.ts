import { isUtf8 } from 'node:buffer'

// What a browser shows without running anything that is in it.
const inert: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  mp4: 'video/mp4',
  webm: 'video/webm',
}
const texts = new Set(
  (
    'txt md rst json jsonl json5 ndjson yaml yml toml ini cfg csv tsv xml html htm xhtml svg css js mjs cjs ts tsx jsx ' +
    'py pyi ipynb sh bash c h cc cpp hpp rs go java kt rb pl lua r sql tex bib jinja gitattributes gitignore'
  ).split(' '),
)

/**
 * The type under which a file is sent: what a browser could run is plain text, and what is neither text nor a picture,
 * a sound or a film is bytes. `start` are its first bytes, where they are at hand.
 */
export function mediaTypeOf(path: string, start?: Buffer): string {
  const ending = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const extension = ending.slice(ending.lastIndexOf('.') + 1)
  const known = inert[extension]
  if (known !== undefined) return known
  const isText = texts.has(extension) || (start !== undefined && !start.includes(0) && isUtf8(start))
  return isText ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}

/** How a browser is told the name of a file (RFC 6266): plain letters for old ones, the real name for the others. */
export function dispositionOf(kind: 'inline' | 'attachment', fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(fileName).replace(/['()*!]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`
}
