import { digest } from '../../kernel/secret.ts'

/** An SVG picture: the initials on a colour that follows from the name, so that it is the same everywhere. */
export function portrait(name: string, fullname: string): string {
  const hue = (digest(name.toLowerCase()).readUInt16BE(0) * 360) >>> 16
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128">',
    `<rect width="128" height="128" fill="hsl(${hue} 42% 38%)"/>`,
    '<text x="64" y="64" dy="0.35em" text-anchor="middle" fill="#ffffff" font-family="system-ui,sans-serif" font-size="56" font-weight="600">',
    `${escapeXml(initials(fullname) || initials(name) || '?')}</text></svg>`,
  ].join('')
}

function initials(words: string): string {
  const parts = words.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '')
  const [first, last] = [parts.at(0), parts.length > 1 ? parts.at(-1) : undefined]
  return [first, last]
    .map((part) => [...(part ?? '')].slice(0, 1).join(''))
    .join('')
    .toUpperCase()
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
