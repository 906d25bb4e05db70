import { documentLinks } from './document-links.ts'
import { retiredWords } from './retired-words.ts'

/** A text file of the project. */
export interface Source {
  file: string
  lines: string[]
}

/** Something that may not stay as it is; without a line, it is about the whole file. */
export interface Finding {
  file: string
  line?: number
  problem: string
}

const code = /\.(ts|tsx|mjs|cjs|css)$/
const test = /\.test\.tsx?$|^(tests|bench)\//
const maxLines = 400
const maxKernelLines = 310
const maxRoomFiles = 25

const asksRoleInSql = /\b\w*role\)?\s*(=|<>|!=|[<>]=?|(not\s+)?in\s*\()\s*'(admin|write|contributor|read|no_access)'/i

// Where the pause itself is what is tried, or no fact could be waited for.
const sleepers: readonly string[] = [
  // Looks again and again
  'tests/until.ts',
  // A mail server that takes its time
  'tests/smtp.ts',
  // People whose uploads take their time, and hubs killed at any moment of them
  'tests/durability/work.ts',
  'tests/durability.test.ts',
  'tests/several-processes.test.ts',
  // Callers who send and take slowly
  'tests/attacks/one-caller.ts',
  // Asks from time to time, as a monitor does
  'tests/prober.ts',
  'server/http/wire/connections.test.ts',
  'server/shares/pace.test.ts',
  // Holds what the rule finds
  'tests/source-rules.test.ts',
]

/** Everything that is looked at file by file. */
export const perFile: readonly ((source: Source) => Finding[])[] = [
  fileSize,
  fileNames,
  everyLine({
    of: /./,
    // Written so that this file does not hold the words itself.
    find: /\bregistry\.npm[j]s\.org|\bpypi\.[o]rg|\bfiles\.pythonhosted\.[o]rg|\bhuggingface\.[c]o\b|\bhf\.[c]o\b/i,
    problem: 'names a host of someone else; the project speaks only of itself.',
  }),
  everyLine({
    of: /./,
    find: /\bissue #\d|\bsection[s]?\/|\.\.\/shared\/(spec|hooks)|\bSPEC\.m[d]\b|\bSTYLE\.m[d]\b/,
    problem: 'speaks of how the project is made; say what it does.',
  }),
  everyLine({
    of: code,
    find: /(^|\s)(\/\/|\/\*|\*) *((FIXME|XXX|HACK)\b|TODO\b(?!:? \w+ \w+ \w+))/,
    problem: 'says that something is left without saying what; write the sentence, or do it.',
  }),
  everyLine({
    of: /^server\/(?!kernel\/).*\.ts$/,
    except: test,
    find: /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/,
    problem: 'takes time or chance from elsewhere than server/kernel.',
    // Files carry the file system's time, which no test moves.
    allow: [
      'server/store/postgres/embedded-server.ts',
      'server/git/host.ts',
      'server/git/upkeep/maintenance.ts',
      'server/git/refs/references.ts',
      'server/git/upkeep/repository.ts',
      'server/repos/registry/places.ts',
    ],
  }),
  everyLine({
    of: /^(server|cli)\/.*\.ts$/,
    except: /^server\/access\/|\.test\.ts$/,
    find: comparison('[!=]==?'),
    problem: 'compares a role; give the question a name in server/access/policy.ts.',
    // A new group must come with someone who looks after it: about the list that was sent, not about the caller.
    allow: ['server/groups/rules.ts'],
  }),
  everyLine({
    of: /^server\/.*\.ts$/,
    except: /^server\/access\/|\.test\.ts$/,
    find: asksRoleInSql,
    problem: 'asks for a role in SQL; put in a condition of server/access/grants.ts, like adminRow.',
    // Shapes how sample people look, and decides nothing.
    allow: ['server/demo/doors-store.ts'],
  }),
  everyLine({
    of: /^(server|cli|api|tests|bench|tools)\/.*\.ts$/,
    find: /\bfrom 'node:test'|\bfrom "node:test"/,
    except: test,
    problem: 'imports the test runner outside a test.',
  }),
  everyLine({
    of: /^server\/.*\.ts$/,
    except: /^server\/(access|store)\/|\.test\.ts$/,
    find: /\brequire_2fa\b|\brequire_2fa_from\b|\btotp_enabled_at\b/,
    problem: 'judges 2FA in SQL; put in hasTwoFactor, requiresTwoFactor or meetsTwoFactor of server/access/grants.ts.',
    // They turn it on and off.
    allow: [
      'server/demo/store.ts',
      'server/users/sign-in/two-factor-store.ts',
      'server/users/sign-in/two-factor.ts',
      'server/users/accounts/store.ts',
    ],
  }),
  everyLine({
    of: /^web\/.*\.tsx?$/,
    except: test,
    find: comparison('[!=]==?'),
    problem: 'compares a role in the browser; have the server answer with `may`, and ask whyNot(org, action).',
  }),
  everyLine({
    of: /^web\/.*\.tsx$/,
    find: /<(Modal|Drawer)\b/,
    problem: 'opens a dialog that loses what was typed; use Dialog or SidePanel of web/pieces/Dialog.tsx.',
    allow: ['web/pieces/Dialog.tsx'],
  }),
  everyLine({
    of: /^web\/.*\.tsx$/,
    find: /<form\b/,
    problem: 'is a form by hand; use ApiForm, or Form, of web/pieces/Form.tsx.',
    allow: ['web/pieces/Form.tsx'],
  }),
  everyLine({
    of: /^web\/pages\/.*\.tsx$/,
    find: /\bmaw=(\{([4-9]\d\d|\d{4,})\}|"\d+(rem|px)")/,
    problem:
      'chooses a width of its own; put it in PageColumn of web/pieces/PageColumn.tsx, a Block or a form, which have the one.',
    // In the middle of a page that has nothing else
    allow: ['web/pages/doors/Door.tsx', 'web/pages/home/Welcome.tsx'],
  }),
  everyLine({
    of: /^web\/.*\.tsx?$/,
    find: /useLocation\(\)\.pathname|\bpathname\b.*= useLocation\(\)/,
    problem: 'takes the next page for this one while that is loading; ask usePathHere() of web/go.ts.',
  }),
  everyLine({
    of: /^web\/.*\.tsx?$/,
    find: /\buseNavigate\(|<(Link|Navigate)\b|\brouter\.navigate\(/,
    problem:
      'leads by the router itself, which takes any string; use LinkTo of web/pieces/LinkTo.tsx, or useGo of web/go.ts.',
    // Lead to a checked place, or stay on the page.
    allow: [
      'web/go.ts',
      'web/pieces/LinkTo.tsx',
      'web/pieces/GoTo.tsx',
      'web/address-state.ts',
      'web/pages/repository/file/CodeView.tsx',
    ],
  }),
  everyLine({
    of: /^web\/.*\.tsx?$/,
    find: /\bhref=(\{[`'"]|")\/|\b(givenPlace|(location|history)\.(assign|push|replace))\([`'"]|\blocation\.href = /,
    problem:
      'writes the address of a page as a string; give its path and params to LinkTo, useGo or place of web/places.ts.',
  }),
  everyLine({
    of: /\.test\.tsx?$|^tests\//,
    find: /(?<![.\w'])setTimeout\b|\bwaitForTimeout\(/,
    problem: 'waits for a time, which a busy machine needs longer for; wait for a fact with until() of tests/until.ts.',
    allow: sleepers,
  }),
  everyLine({
    of: /^server\/.*\.ts$/,
    except: test,
    find: /\bdelete\s+from\s+lfs_objects\b|\bdeleteFrom\(\s*['"]lfs_objects\b/i,
    problem: 'deletes LFS objects, and clients of Xet have to forget what was in them; call deleteLfsObjects.',
    allow: ['server/repos/lfs/lfs-store.ts'],
  }),
  notedDownloads,
  databaseTime,
  retiredWords,
  liveness,
  oneWriter,
  onlyTests,
]

/** Everything that is looked at over all files. */
export const project: readonly ((sources: Source[]) => Finding[])[] = [kernelSize, roomSize, enoughFiles, documentLinks]

function comparison(signs: string): RegExp {
  const roles = "'(admin|write|contributor|read|no_access)'"
  return new RegExp(`\\b\\w*[rR]ole\\)?\\s*(${signs})\\s*${roles}|${roles}\\s*(${signs})\\s*(\\w+[.?]+)*\\w*[rR]ole\\b`)
}

interface LineRule {
  of: RegExp
  except?: RegExp
  find: RegExp
  problem: string
  allow?: readonly string[]
}

function everyLine({ of, except, find, problem, allow = [] }: LineRule): (source: Source) => Finding[] {
  return ({ file, lines }) => {
    if (!of.test(file) || except?.test(file) || allow.includes(file)) return []
    return lines.flatMap((text, index) => (find.test(text) ? [{ file, line: index + 1, problem }] : []))
  }
}

function fileSize({ file, lines }: Source): Finding[] {
  if (!code.test(file) || file === 'server/store/tables.ts' || lines.length <= maxLines) return []
  return [{ file, problem: `has ${lines.length} lines; ${maxLines} are the most. Split it by noun.` }]
}

function fileNames({ file }: Source): Finding[] {
  const vague = file.split(/[/.]/).find((part) => /^(utils?|helpers?|common|shared|misc)$/i.test(part))
  return vague === undefined ? [] : [{ file, problem: `“${vague}” says nothing; name it after what is in it.` }]
}

// Tests move the clock, and processes on several machines share one; so the time comes as a parameter.
function databaseTime({ file, lines }: Source): Finding[] {
  if (!/^server\/.*\.ts$/.test(file) || file === 'server/store/migrate.ts') return []
  const statements =
    lines
      .join('\n')
      .replace(/\$\{[^{}]*\}/g, '')
      .match(/`[^`]*`/g) ?? []
  if (!statements.some((text) => /\bnow\(\)|\bcurrent_timestamp\b/i.test(text))) return []
  return [{ file, problem: 'asks the database for the time; pass `now()` of server/kernel/clock.ts.' }]
}

const judgesExpiry =
  /\bexpires_at\s+is\s+(not\s+)?null\s+(or|and)\b|\b(m|rc|memberships|repo_collaborators|access_tokens)\.expires_at\s*[<>]|\bfrom\s+(memberships|repo_collaborators|access_tokens)\b[^`)]*?\bexpires_at\s*[<>]/gi

// A grant that has expired gives nothing: what counts as live is said once, or one of the lists forgets it.
function liveness({ file, lines }: Source): Finding[] {
  if (!/^server\/(?!access\/|store\/).*\.ts$/.test(file) || test.test(file)) return []
  const text = lines.join('\n')
  return [...text.matchAll(judgesExpiry)].map(({ index, 0: found }) => ({
    file,
    line: lineAt(text, index + found.length),
    problem: 'judges whether a grant has expired; put in liveMembership or the like of server/access/grants.ts.',
  }))
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

const membershipStore = 'server/members/membership/membership-store.ts'
const writesMembership =
  /\b(insert\s+into|update|delete\s+from|merge\s+into|truncate)\s+(only\s+)?(memberships|group_roles)\b|\b(insertInto|updateTable|deleteFrom|mergeInto)\(\s*['"](memberships|group_roles)\b/gi

// Code that changes memberships owes the rejoin block, seats, the last admin, probation, auto-join and the log; the one
// writer pays all of them.
function oneWriter({ file, lines }: Source): Finding[] {
  if (!/^server\/.*\.ts$/.test(file) || test.test(file) || file === membershipStore) return []
  const text = lines.join('\n')
  return [...text.matchAll(writesMembership)].map(({ index }) => ({
    file,
    line: lineAt(text, index),
    problem: `writes who belongs; only ${membershipStore} does. Call applyChanges of server/members/membership/membership.ts.`,
  }))
}

const readsContent = /\blfsBody\(|\.downloadUrl\(|\bopenBlob\(|\blfs\.open\(/
// They read for the hub itself: nothing of it is in an answer.
const readsForItself: readonly string[] = [
  'server/repos/duplicate.ts',
  'server/repos/duplicate-files.ts',
  'server/repos/xet/xet-content.ts',
]

// Gates promise a record of who downloaded what.
function notedDownloads({ file, lines }: Source): Finding[] {
  if (!/^server\/(?!lfs\/|git\/).*\.ts$/.test(file) || test.test(file) || readsForItself.includes(file)) return []
  if (lines.some((text) => /\bdownloads\.note\(/.test(text))) return []
  return lines.flatMap((text, index) =>
    readsContent.test(text)
      ? [{ file, line: index + 1, problem: 'sends the content of files without a record; call downloads.note.' }]
      : [],
  )
}

// A forgotten `only` would make the whole run green and nearly empty.
function onlyTests({ file, lines }: Source): Finding[] {
  if (!test.test(file)) return []
  const only = /\b(test|it|describe|suite)\.only\(|\bonly: true\b/
  return lines.flatMap((text, index) =>
    only.test(text) ? [{ file, line: index + 1, problem: 'runs only this test.' }] : [],
  )
}

function kernelSize(sources: Source[]): Finding[] {
  const kernel = sources.filter(({ file }) => file.startsWith('server/kernel/') && !test.test(file))
  const lines = kernel.reduce((sum, source) => sum + source.lines.length, 0)
  if (lines <= maxKernelLines) return []
  return [{ file: 'server/kernel', problem: `has ${lines} lines in all; ${maxKernelLines} are the most.` }]
}

// What has no sub-rooms by then is no longer seen at one look.
function roomSize(sources: Source[]): Finding[] {
  const counts = new Map<string, number>()
  for (const { file } of sources) {
    if (!/^server\/.*\.ts$/.test(file) || test.test(file)) continue
    const folder = file.slice(0, file.lastIndexOf('/'))
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  const large = [...counts].filter(([, count]) => count > maxRoomFiles)
  return large.map(([file, count]) => ({
    file,
    problem: `has ${count} files; ${maxRoomFiles} are the most. Give it sub-rooms in server/rooms.json.`,
  }))
}

function enoughFiles(sources: Source[]): Finding[] {
  const rooms = ['server/kernel/', 'server/access/', 'server/store/', 'server/http/', 'api/', 'web/', 'tests/']
  const missing = rooms.filter((room) => !sources.some(({ file }) => file.startsWith(room)))
  return missing.map((room) => ({ file: room, problem: 'no file was seen here; the checks are blind.' }))
}
