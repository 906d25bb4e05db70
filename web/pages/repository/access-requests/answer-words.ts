import type { gated } from '../../../../api/index.ts'
import { countryName } from '../../../countries.ts'

// A day has no time zone: shown in UTC, as it is read
const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' })

/** Shows an answer in words: a country or an option by its name, a date in full, as far as the card still asks for it. */
export function answerWords(fields: readonly gated.GateField[], name: string, answer: string): string {
  const field = fields.find((one) => one.name === name)
  switch (field?.type) {
    case 'country':
    case 'ip_location':
      return countryName(answer)
    case 'select':
      return field.options?.find(({ value }) => value === answer)?.label ?? answer
    case 'date_picker':
      return isDay(answer) ? day.format(new Date(answer)) : answer
    case 'text':
      return answer
    default:
      return answer === 'true' ? 'yes' : answer
  }
}

function isDay(answer: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(answer) && !Number.isNaN(Date.parse(answer))
}
