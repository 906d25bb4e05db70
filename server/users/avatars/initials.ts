import { initialsOf } from '../../../api/index.ts'

/** An SVG picture of the initials, as pages draw them. */
export function portrait(name: string, fullname: string): string {
  const { letters, color } = initialsOf(name, fullname)
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128">',
    `<rect width="128" height="128" fill="${color}"/>`,
    '<text x="64" y="64" dy="0.35em" text-anchor="middle" fill="#ffffff" font-family="system-ui,sans-serif" font-size="56" font-weight="600">',
    `${escapeXml(letters)}</text></svg>`,
  ].join('')
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
