// The member states, and the parts of them that have codes of their own but belong to the Union: Åland and the outermost regions.
const codes = new Set(
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE AX GF GP MF MQ RE YT'.split(' '),
)

/** Whether a country, by its two letters, is in the European Union. */
export function isInEuropeanUnion(country: string | undefined): boolean {
  return country !== undefined && codes.has(country)
}
