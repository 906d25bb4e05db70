import type { gated } from '../../../../api/index.ts'
import { countryName } from '../../../countries.ts'

/** Shows an answer in words: a country or an option by its name, as far as the card still asks for it. */
export function answerWords(fields: readonly gated.GateField[], name: string, answer: string): string {
  const field = fields.find((one) => one.name === name)
  switch (field?.type) {
    case 'country':
    case 'ip_location':
      return countryName(answer)
    case 'select':
      return field.options?.find(({ value }) => value === answer)?.label ?? answer
    case 'text':
      return answer
    default:
      return answer === 'true' ? 'yes' : answer
  }
}
