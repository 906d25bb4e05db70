// Each with what to say. Written so that this file does not hold the words itself.
const retired: readonly (readonly [RegExp, string])[] = [
  [/petit[i]on/i, '“recovery request”, or “requester”'],
  [/tombst[o]ne/i, '“rejoin block”'],
  [/rec[e]ipt/i, '“offboarding report”'],
  [/bel[o]ngings/i, '“holdings”'],
  [/distr[u]st/i, '“no longer trusted”'],
  [/\be-m[a]il/i, '“email”'],
  [/\btwo[- ]factor sign-[i]n|\btwo fact[o]rs\b|\bsecond fact[o]r/i, '“two-factor authentication (2FA)”, then “2FA”'],
  [/\bwho[e]ver\b/i, '“anyone who”, or the person'],
  [/\ban[e]w\b/i, '“again”'],
  [/\bthere[o]f\b/i, '“of it”'],
  [/\b(take|takes|took|taken|taking) b[a]ck\b/i, '“revoke” or “withdraw”'],
  [/\bwithout [a]ccess\b/i, '“no access”'],
  [/\blets? (\S+ )?in ag[a]in\b/i, '“allow to rejoin”'],
  [/owners? of rec[o]rd/i, '“owner”'],
  // A name in quotes or in an address stays: an account of the system is called so.
  [/\bNob[o]dy\b|(?<![\w/:@.'"`=-])nob[o]dy(?![\w/'"`:-])/, '“no one”, or what there is none of'],
  [/\bSomeb[o]dy\b|(?<![\w/:@.'"`=-])someb[o]dy(?![\w/'"`:-])/, '“someone”, or “a person”'],
]

// Refused in documents only: in code and on pages some of them are names, or right in their place.
const retiredInDocuments: readonly (readonly [RegExp, string])[] = [
  [/(?<!-)\b(every|any)b[o]dy\b/i, '“everyone” or “anyone”'],
  [/\binst[a]llations?\b/i, '“instance”'],
  [/(?<![`/])\bm[a]ils\b/i, '“emails”'],
  [/\buser n[a]mes?\b/i, '“username”'],
  [/\bthe h[u]b\b/i, '“Guildhall”, “the server”, or “the instance”'],
  [/\b(goes|go|going) [o]n \w+ing\b/i, '“continues to”, or “still”'],
  [/\b(take|takes|took|taken|taking) aw[a]y\b/i, '“remove”'],
]

// Refused in what pages, the server, its API, and the command line say to people.
const retiredInSentences: readonly (readonly [RegExp, string])[] = [
  ...retiredInDocuments,
  [/\b(the|this|that|a|ignore) m[a]il\b(?! server)/i, '“email”'],
  [/(?<![\w.-])h[u]bs?\b(?![.\w-])/i, '“Guildhall”, “the server”, or “the instance”'],
  // Not the commands and addresses that are called so
  [/(?<![\w“`./-]|guildhall )oper[a]tors?\b(?! (audit|create|outbox|prices|recovery)\b)/i, '“site admin”'],
  [/\b(no|the|a|this|any) gr[a]nt\b|\bgr[a]nts? of\b/i, '“access”, or “collaborator”'],
  [/\bany ?m[o]re\b/i, '“no longer”'],
  [/\bkept [o]ut\b/i, '“rejoin block”, or “no access”'],
  [/\bof th[i]s (id|name)\b/i, '“with this ID”, or “with this name”'],
  [/['"`“.:] ?There (is|are) n(o|[o]ne|[o]thing)\b/, '“No …”'],
  [/\bm[a]y (not )?(ask|change|confirm|create|invite|join|make|read|see|write)\b/i, '“can”'],
  [/\bmust not h[o]ld\b/i, '“must not contain”'],
  [/\bis not r[i]ght\b/i, '“is incorrect”'],
  [/\b(gave|gives?) [o]ut\b/i, '“is invalid”, or what it is'],
  [/\bat [o]nce\b/i, '“immediately”, or “at the same time”'],
  [/\bthe r[o]le (read|write|contributor|admin|…)/, '“the write role”'],
  [/\bthe pl[a]n (free|team|enterprise|plus|…)/, '“the team plan”'],
  [/\w alr[e]ady[.,;]/, '“already” before the word it is about'],
]

// Comments on tables stand in migrations, which never change; the architecture page names files of code.
const documents = /^(README|CONTRIBUTING|CHANGELOG|docs\/(?!architecture|reference\/schema).+)\.md$/

// What was said before, and what is stored under a former name.
const former = /^(LICENSE|CHANGELOG\.md|api\/event-types\.ts|tests\/migrations\.test\.ts)$|^server\/store\/migrations\//

// The titles of guides are as the guides have them.
const speaking = /^(server|api|cli|web)\/(?!guides\.ts$).+(?<!\.test)\.tsx?$/

interface Found {
  file: string
  line: number
  problem: string
}

/** Finds words that the product no longer uses, and says what to write in their place. */
export function retiredWords({ file, lines }: { file: string; lines: string[] }): Found[] {
  const refused = [...(former.test(file) ? [] : retired), ...(documents.test(file) ? retiredInDocuments : [])]
  const inSentences = speaking.test(file) ? retiredInSentences : []
  return lines.flatMap((text, index) => {
    const problems = [...problemsIn(text, refused), ...problemsIn(saidIn(text, file.endsWith('.tsx')), inSentences)]
    return problems.map((problem) => ({ file, line: index + 1, problem }))
  })
}

function problemsIn(text: string, refused: readonly (readonly [RegExp, string])[]): string[] {
  return refused
    .filter(([word]) => word.test(text))
    .map(([word, better]) => `uses the retired word “${word.exec(text)?.[0]}”; say ${better}.`)
}

// The strings of a line that have several words, and the line itself where it is a text of a page, or one of those that
// commands end their help with. What is thrown as a plain error names a bug, and comments are for engineers.
function saidIn(line: string, isPage: boolean): string {
  if (/^[A-Z][a-z]/.test(line) || (isPage && /^\s+(\{.*\} )?[A-Z“]?[a-z’]+,? [^=;(]*$/.test(line))) return line
  if (/^\s*(\/\/|\/?\*|import\b)|new Error\(|\bsql\w*(<.*>)?`/.test(line)) return ''
  // Twice, for those within others
  const plain = line.replace(/\$\{[^{}]*\}/g, '…').replace(/\$\{[^{}]*\}/g, '…')
  const strings = plain.match(/'([^'\\]|\\.)*'|"([^"\\]|\\.)*"|`[^`]*`?/g) ?? []
  return strings.filter((text) => text.includes(' ')).join('\n')
}
