/** A line of a diff; numbers are missing on the side where the line is not. */
export interface DiffLine {
  kind: 'same' | 'added' | 'removed' | 'note'
  before: number | undefined
  after: number | undefined
  text: string
}

/** Lines of a file that follow each other, with what changed among them. */
export interface Hunk {
  /** Where it stands, as the diff says: `@@ -1,4 +1,6 @@ def main():`. */
  head: string
  lines: DiffLine[]
}

const hunkHead = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/

/** Reads a unified diff of one file; what stands before the first hunk is left out. */
export function hunksOf(patch: string): Hunk[] {
  const hunks: Hunk[] = []
  const lines = patch.split('\n')
  if (lines.at(-1) === '') lines.pop()
  let [before, after] = [0, 0]
  for (const line of lines) {
    const start = hunkHead.exec(line)
    if (start) {
      ;[before, after] = [Number(start[1]), Number(start[3])]
      hunks.push({ head: line, lines: [] })
      continue
    }
    const hunk = hunks.at(-1)
    if (!hunk) continue
    const read = lineOf(line, before, after)
    hunk.lines.push(read)
    if (read.before !== undefined) before++
    if (read.after !== undefined) after++
  }
  return hunks
}

function lineOf(line: string, before: number, after: number): DiffLine {
  const text = line.slice(1)
  if (line.startsWith('+')) return { kind: 'added', before: undefined, after, text }
  if (line.startsWith('-')) return { kind: 'removed', before, after: undefined, text }
  if (line.startsWith('\\')) return { kind: 'note', before: undefined, after: undefined, text: text.trim() }
  return { kind: 'same', before, after, text }
}
