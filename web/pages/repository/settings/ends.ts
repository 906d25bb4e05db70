const dayMs = 86_400_000

/** When a grant may end, as a choice: days from now, or never. */
export const ends = [
  { value: '', label: 'Never' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In 1 year' },
]

/** The moment of a choice, as the API takes it. */
export function momentOf(days: string): string | null {
  return days === '' ? null : new Date(Date.now() + Number(days) * dayMs).toISOString()
}
