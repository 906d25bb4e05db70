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

// Comments on tables stand in migrations, which never change; the architecture page names files of code.
const documents = /^(README|CONTRIBUTING|CHANGELOG|docs\/(?!architecture|reference\/schema).+)\.md$/

// What was said before, and what is stored under a former name.
const former = /^(LICENSE|CHANGELOG\.md|api\/event-types\.ts|tests\/migrations\.test\.ts)$|^server\/store\/migrations\//

interface Found {
  file: string
  line: number
  problem: string
}

/** Finds words that the product no longer uses, and says what to write in their place. */
export function retiredWords({ file, lines }: { file: string; lines: string[] }): Found[] {
  const refused = [...(former.test(file) ? [] : retired), ...(documents.test(file) ? retiredInDocuments : [])]
  return lines.flatMap((text, index) =>
    refused
      .filter(([word]) => word.test(text))
      .map(([word, better]) => ({
        file,
        line: index + 1,
        problem: `uses the retired word “${word.exec(text)?.[0]}”; say ${better}.`,
      })),
  )
}
