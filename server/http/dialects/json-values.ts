const quote = 0x22
const backslash = 0x5c
// `,` `:` `[` `{`: one before each value but the first.
const beforeValues = new Set([0x2c, 0x3a, 0x5b, 0x7b])

/** Whether a JSON text holds more values than that, without making any of them: a small one can hold millions. */
export function holdsMoreValues(text: Buffer, most: number): boolean {
  let values = 0
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0
    if (byte === quote) at = endOfString(text, at)
    else if (beforeValues.has(byte) && ++values > most) return true
  }
  return false
}

function endOfString(text: Buffer, start: number): number {
  for (let end = text.indexOf(quote, start + 1); end >= 0; end = text.indexOf(quote, end + 1)) {
    let slashes = 0
    while (text[end - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return end
  }
  return text.length
}
