// Exists only inside of the process that imports, and is forgotten before it ends: no ref is touched.
const draft = 'refs/hub/draft'
const lineEnd = 10

/**
 * Turns what `fast-export --no-data --show-original-ids` writes into what `fast-import` is to read: the same commits
 * without files of some content, tags and refs left out, and at the end the question what became of the tips, which
 * is answered in their order.
 */
export async function* exportWithout(
  stream: AsyncIterable<Buffer>,
  blobs: ReadonlySet<string>,
  tips: readonly string[],
): AsyncGenerator<Buffer | string> {
  const marks = new Map<string, string>()
  let isCommit = false
  let mark = ''
  for await (const { line, data } of partsOf(stream)) {
    const text = line?.toString('latin1') ?? ''
    const [, word = '', rest = ''] = /^([a-z-]+) (.*)$/.exec(text) ?? []
    if (['commit', 'reset', 'tag'].includes(word)) isCommit = word === 'commit'
    if (!isCommit) continue
    if (word === 'mark') mark = rest
    if (word === 'original-oid') marks.set(rest, mark)
    yield data ?? changed(line, text, blobs)
  }
  yield `reset ${draft}\n\n`
  for (const tip of tips) yield `get-mark ${marks.get(tip)}\n`
  yield 'done\n'
}

function changed(bytes: Buffer, line: string, blobs: ReadonlySet<string>): Buffer | string {
  // A commit without a parent would go on from the one before it
  if (line.startsWith('commit ')) return `reset ${draft}\ncommit ${draft}\n`
  const [head = '', oid = ''] = /^M \d+ ([0-9a-f]{40}) /.exec(line) ?? []
  // A file that gets such content is not there from then on, whatever it held before
  if (blobs.has(oid)) return Buffer.concat([Buffer.from('D '), bytes.subarray(head.length), newLine])
  return Buffer.concat([bytes, newLine])
}

const newLine = Buffer.from('\n')

type Part = { line: Buffer; data?: undefined } | { data: Buffer; line?: undefined }

// Lines; and pieces of data, which come after a line that says how many bytes they have.
async function* partsOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Part> {
  let rest: Buffer = Buffer.alloc(0)
  let dataBytes = 0
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length > 0) {
      if (dataBytes > 0) {
        const data = rest.subarray(0, dataBytes)
        dataBytes -= data.length
        rest = rest.subarray(data.length)
        yield { data }
        continue
      }
      const end = rest.indexOf(lineEnd)
      if (end < 0) break
      const line = rest.subarray(0, end)
      rest = rest.subarray(end + 1)
      yield { line }
      const [, length] = /^data (\d+)$/.exec(line.toString('latin1')) ?? []
      dataBytes = Number(length ?? 0)
    }
  }
}
