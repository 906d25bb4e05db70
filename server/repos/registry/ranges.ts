/** Bytes of a representation, both ends included. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * The one range that a request asks for (RFC 9110 §14); undefined when it asks for none, or in a way that is to be
 * ignored: another unit, several ranges, or what is no range at all.
 */
export function rangeOf(header: string | string[] | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(String(header ?? '')) ?? []
  if (first === '' && last === '') return undefined
  if (first === '') return suffix(Number(last), size)
  const [start, end] = [Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1)]
  if (last !== '' && Number(last) < start) return undefined
  return start < size ? { start, end } : 'unsatisfiable'
}

function suffix(length: number, size: number): ByteRange | 'unsatisfiable' {
  if (length === 0 || size === 0) return 'unsatisfiable'
  return { start: Math.max(0, size - length), end: size - 1 }
}

/** Whether a list of entity tags, as `If-None-Match` has it, names this one (RFC 9110 §8.8.3.2, weakly compared). */
export function namesTag(header: string | string[] | undefined, tag: string): boolean {
  const text = String(header ?? '').trim()
  return text === '*' || text.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
}
