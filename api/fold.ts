const invisible = /[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]/g
const letters: Record<string, string> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th' },
  ...{ ø: 'o', ł: 'l', đ: 'd', ı: 'i', ð: 'd', ς: 'σ' },
}

/** A text as names are compared and searched: without case, accents, or invisible characters. The database folds alike. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(invisible, '')
    .toLowerCase()
    .replace(/[ßæœþøłđıðς]/g, (letter) => letters[letter] ?? letter)
    .replace(/[ \t\n\r\f\v]+/g, ' ')
    .replace(/^ | $/g, '')
}
