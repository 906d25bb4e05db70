/** One of the small files that are downloaded together: its path and its content, the same every time. */
export function snapshotFile(index: number): { path: string; content: Buffer } {
  const path = `part-${index % 10}/file-${String(index).padStart(4, '0')}.txt`
  return { path, content: Buffer.from(`file ${index}\n`.repeat(100)) }
}
