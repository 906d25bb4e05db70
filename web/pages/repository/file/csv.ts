/** The first rows of a table in text, quotes and line breaks inside quotes understood (RFC 4180). */
export function rowsOf(text: string, separator: string, atMost: number): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = text.startsWith('\uFEFF') ? 1 : 0
  while (at < text.length && rows.length < atMost) {
    const [cell, end] = text[at] === '"' ? quoted(text, at, separator) : plain(text, at, separator)
    row.push(cell)
    if (text[end] !== separator) {
      rows.push(row)
      row = []
    } else if (end + 1 === text.length) {
      rows.push([...row, ''])
    }
    at = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1)
  }
  return rows.filter((cells) => cells.length > 1 || cells[0] !== '')
}

/** What separates the cells: the sign that the first line holds most of. */
export function separatorOf(text: string): string {
  const [first = ''] = text.split('\n', 1)
  const counts = ['\t', ',', ';'].map((sign) => ({ sign, count: first.split(sign).length }))
  return counts.toSorted((a, b) => b.count - a.count)[0]?.sign ?? ','
}

function plain(text: string, from: number, separator: string): [cell: string, end: number] {
  let end = from
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++
  return [text.slice(from, end), end]
}

function quoted(text: string, from: number, separator: string): [cell: string, end: number] {
  let end = from + 1
  while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1
  const [rest, after] = plain(text, end + 1, separator)
  return [text.slice(from + 1, end).replaceAll('""', '"') + rest, after]
}
