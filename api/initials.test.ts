import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initialsOf } from './initials.ts'

test('initials are the first letters of the first and the last word', () => {
  const rows: [string, string, string][] = [
    ['ada', 'Ada Lovelace', 'AL'],
    ['mei', 'Mei Lin Tanaka', 'MT'],
    ['acme-labs', '', 'AL'],
    ['zoë', 'Zoë', 'Z'],
    ['x', '😀', 'X'],
    ['', '', '?'],
  ]
  for (const [name, fullname, letters] of rows) assert.equal(initialsOf(name, fullname).letters, letters)
})

test('the color follows from the name alone, whatever its case, and white can be read on it', () => {
  assert.equal(initialsOf('Ada', 'Ada Lovelace').color, initialsOf('ada', '').color)
  const names = Array.from({ length: 500 }, (_, index) => `person-${index}`)
  const hues = names.map((name) => Number(/^hsl\((\d+) 42% 32%\)$/.exec(initialsOf(name, '').color)?.[1]))
  assert.ok(new Set(hues).size > 200, 'names get colors of their own')
  for (let hue = 0; hue < 360; hue++) assert.ok(1.05 / (luminance(hue) + 0.05) >= 4.5, `hue ${hue}`)
})

// WCAG 2.2, relative luminance, of hsl(hue 42% 32%)
function luminance(hue: number): number {
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12
    const value = 0.32 - 0.42 * 0.32 * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(0) + 0.7152 * channel(8) + 0.0722 * channel(4)
}
