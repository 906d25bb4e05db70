import { Fieldset, NumberInput, SimpleGrid, Text, TextInput } from '@mantine/core'
import type { operator } from '../../../../api/index.ts'
import { problemAt } from '../../../form.ts'

type Prices = Pick<operator.InstanceSettings, 'currency' | 'seatPrices'>
type PaidPlan = keyof Prices['seatPrices']

const paidPlans: PaidPlan[] = ['team', 'enterprise', 'plus']

const legend = (
  <Text span size="sm" fw={600}>
    Price per seat and month
  </Text>
)

interface Part {
  settings: Prices
  error: unknown
  onChange: (change: Partial<Prices>) => void
}

/** What a seat costs a month on each paid plan, as the previews of invoices tell it. */
export function Prices({ settings: { currency, seatPrices }, error, onChange }: Part) {
  return (
    <Fieldset variant="unstyled" p={0} m={0} legend={legend}>
      <SimpleGrid cols={{ base: 2, xs: 4 }} style={{ alignItems: 'end' }}>
        {paidPlans.map((plan) => (
          <NumberInput
            key={plan}
            label={plan}
            min={0}
            max={1_000_000}
            decimalScale={2}
            fixedDecimalScale
            allowNegative={false}
            hideControls
            value={seatPrices[plan] / 100}
            error={problemAt(error, `seatPrices.${plan}`)}
            onChange={(typed) => onChange({ seatPrices: { ...seatPrices, [plan]: Math.round(Number(typed) * 100) } })}
          />
        ))}
        <TextInput
          label="Currency"
          maxLength={3}
          autoComplete="off"
          spellCheck={false}
          value={currency}
          error={problemAt(error, 'currency')}
          onChange={({ currentTarget }) => onChange({ currency: currentTarget.value.toUpperCase() })}
        />
      </SimpleGrid>
    </Fieldset>
  )
}
