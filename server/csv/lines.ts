/** The first line of a CSV file, with the mark by which spreadsheets know that it is UTF-8. */
export function csvHeader(columns: readonly string[]): string {
  return `\ufeff${csvLine(columns)}`
}

/** One line of a CSV file (RFC 4180), every cell quoted; a cell that a spreadsheet would run is made text. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

// A spreadsheet takes a cell that begins with one of these for a formula; an apostrophe makes it text.
function cell(value: string): string {
  const text = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return `"${text.replaceAll('"', '""')}"`
}
