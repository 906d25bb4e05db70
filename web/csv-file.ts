const maxBytes = 8_000_000

/** A file with people in it, as text; or why it cannot be read, in a sentence. */
export type CsvFile = { name: string; text: string } | { problem: string }

/** Reads a CSV file that was chosen: UTF-8 and nothing else, so that no name comes in broken. */
export async function readCsvFile(file: File): Promise<CsvFile> {
  if (/\.(xlsx?|ods|numbers)$/i.test(file.name))
    return { problem: `${file.name} is a spreadsheet. Save it as CSV (in Excel: “CSV UTF-8”) and choose that file.` }
  if (file.size > maxBytes) return { problem: `${file.name} is larger than 8 MB. Split it into several files.` }
  const text = utf8(await file.arrayBuffer())
  if (text === undefined)
    return {
      problem: `${file.name} isn’t UTF-8. Save it as “CSV UTF-8” (in Excel: Save as, CSV UTF-8. In LibreOffice: character set Unicode UTF-8).`,
    }
  return text.trim() === '' ? { problem: `${file.name} is empty.` } : { name: file.name, text }
}

function utf8(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
