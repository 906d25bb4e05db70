const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Bytes as people read them: `12 bytes`, `1.5 kB`, `380 MB`. */
export function sized(bytes: number): string {
  if (bytes === 1) return '1 byte'
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const amount = bytes / 1000 ** step
  const digits = step === 0 || amount >= 100 ? 0 : amount >= 10 ? 1 : 2
  return `${amount.toLocaleString('en', { maximumFractionDigits: digits })} ${units[step]}`
}

/** The bytes that a size as people write it stands for, such as `50 GB`, `1.5tb` or `1000`; undefined where it is none. */
export function bytesIn(text: string): number | undefined {
  const [, amount, unit = ''] = text.trim().match(/^(\d{1,15}(?:\.\d{1,6})?)\s*([kmgtp]?)(?:b|bytes?)?$/i) ?? []
  if (amount === undefined) return undefined
  return Math.round(Number(amount) * 1000 ** ['', 'k', 'm', 'g', 't', 'p'].indexOf(unit.toLowerCase()))
}
