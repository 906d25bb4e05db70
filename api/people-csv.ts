import { type GroupRole, groupRoles, type OrgRole, orgRoles } from './shapes.ts'

// The one way in which people, roles and groups are written in CSV files: bulk changes, invitations, exports, undo files,
// and the command line.

/** The columns that a file of changes may have. */
export const peopleColumns = ['username', 'email', 'op', 'role', 'groups'] as const

/** The columns that an export has for people, and that an import ignores. */
export const columnsForPeople = [
  'fullname',
  'source',
  'joined',
  'last_active',
  'two_factor',
  'expires',
  'verified_email',
] as const

const otherNames: [form: RegExp, column: string][] = [
  [/^(?:e-?mail|mail)(?: address)?$/, 'email'],
  [/^user(?: name)?$/, 'username'],
]

/** The column that a header names, however a spreadsheet or a person wrote it. */
export function columnOf(header: string): string {
  const name = header.trim().toLowerCase().replace(/\s+/g, ' ')
  return otherNames.find(([form]) => form.test(name))?.[1] ?? name.replaceAll(' ', '_')
}

const separators = [',', ';', '\t'] as const
type Separator = (typeof separators)[number]

/** A CSV file as spreadsheets of all countries write it: what separates its cells, and the text to parse, in the same lines. */
export function csvDialect(file: string): { separator: Separator; text: string } {
  const text = file.replace(/^\ufeff/, '')
  const [said, sign] = /^"?sep=([,;\t])"?[,;\t]*(?=[\r\n]|$)/i.exec(text) ?? []
  const separator = separators.find((one) => one === sign)
  if (said !== undefined && separator) return { separator, text: text.slice(said.length) }
  return { separator: separatorOf(text), text }
}

// The sign that the first line with anything in it holds most of, outside of quotes.
function separatorOf(text: string): Separator {
  const line = /^.*[^\s,;].*$/m.exec(text.slice(0, 10_000))?.[0] ?? ''
  const plain = line.replace(/"[^"]*"/g, '')
  const counts = separators.map((sign) => ({ sign, count: plain.split(sign).length }))
  return counts.toSorted((one, other) => other.count - one.count)[0]?.sign ?? ','
}

/** How csv-parse reads such a file: rows and cells may be missing where they are empty, as spreadsheets leave them out. */
export const parsing = {
  trim: true,
  skip_empty_lines: true,
  skip_records_with_empty_values: true,
  relax_column_count: true,
  // With it each row comes with its place, which the types of csv-parse leave out
  info: true,
} as const

/** The columns that a header line names, each with its place; those without a name are left out. */
export function columnsOf(header: readonly string[]): { name: string; at: number }[] {
  return header.flatMap((cell, at) => (cell.trim() === '' ? [] : [{ name: columnOf(cell), at }]))
}

/** Whether a row has cells beside those of named columns that are not empty. */
export function hasMore(record: readonly string[], columns: readonly { at: number }[]): boolean {
  const named = new Set(columns.map(({ at }) => at))
  return record.some((cell, at) => cell !== '' && !named.has(at))
}

/** The cell that says that someone is to be in no group; an empty one says nothing about groups. */
export const noGroups = '-'

/** Reads a cell with a role: undefined when it is empty, `{ problem }` when it cannot be read. */
export function readRoleCell(cell: string): OrgRole | undefined | { problem: string } {
  if (cell === '') return undefined
  // Pages say "no access"
  const named = cell.toLowerCase().replaceAll(' ', '_')
  const role = orgRoles.find((known) => known === named)
  return role ?? { problem: `role: “${cell}” must be one of ${orgRoles.join(', ')}.` }
}

/** A group, by ID or name, and the role in it. */
export interface GroupPair {
  id: string
  role: GroupRole
}

/** Reads a cell of groups, `name:role` separated by `;`: undefined when it is empty, `{ problem }` when it cannot be read. */
export function readGroupsCell(cell: string): GroupPair[] | undefined | { problem: string } {
  if (cell === '') return undefined
  if (cell === noGroups) return []
  const groups: GroupPair[] = []
  for (const text of cell.split(';').map((part) => part.trim())) {
    if (text === '') continue
    const pair = pairOf(text)
    if (pair === undefined)
      return { problem: `groups: “${text}” must be name:role. Roles are ${groupRoles.join(', ')}.` }
    groups.push(pair)
  }
  return groups
}

// The last colon counts: a name may hold others.
function pairOf(text: string): GroupPair | undefined {
  const colon = text.lastIndexOf(':')
  const word = text.slice(colon + 1).trim()
  const role = groupRoles.find((known) => known === word.toLowerCase())
  const id = text.slice(0, Math.max(colon, 0)).trim()
  return id === '' || role === undefined ? undefined : { id, role }
}

/** Groups as a cell; one whose name would not be read back as it is stands there with its ID. */
export function groupsCell(groups: readonly { id: string; name: string; role: string }[]): string {
  return groups.map(({ id, name, role }) => `${/;|^\s|\s$/.test(name) ? id : name}:${role}`).join(';')
}

/** A cell as it was before a spreadsheet was kept from taking it for a formula. */
export function plainCell(value: string): string {
  return /^'\s*[=+\-@]/.test(value) ? value.slice(1) : value
}
