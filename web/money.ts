/** An amount in hundredths of a currency as people read it: `€1,240.00`. */
export function priced(hundredths: number, currency: string): string {
  const amount = hundredths / 100
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount)
  } catch {
    // A word that is no currency yet.
    return `${amount.toFixed(2)} ${currency}`
  }
}
