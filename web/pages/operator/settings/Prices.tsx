import { Fieldset, NumberInput, SimpleGrid, Text, TextInput } from '@mantine/core'
import type { operator } from '../../../../api/index.ts'
import type { SettingsForm } from '../Settings.tsx'

type Prices = Pick<operator.InstanceSettings, 'currency' | 'seatPrices'>
type PaidPlan = keyof Prices['seatPrices']

const paidPlans: PaidPlan[] = ['team', 'enterprise', 'plus']

const legend = (
  <Text span size="sm" fw={600}>
    Price per seat per month
  </Text>
)

/** What a seat costs a month on each paid plan, as the previews of invoices tell it. */
export function Prices({ form }: { form: SettingsForm }) {
  const { seatPrices } = form.values
  const currency = form.field('currency')
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
            error={form.problem(`seatPrices.${plan}`)}
            onChange={(typed) => form.set({ seatPrices: { ...seatPrices, [plan]: Math.round(Number(typed) * 100) } })}
          />
        ))}
        <TextInput
          label="Currency"
          maxLength={3}
          autoComplete="off"
          spellCheck={false}
          {...currency}
          onChange={({ currentTarget }) => currency.onChange(currentTarget.value.toUpperCase())}
        />
      </SimpleGrid>
    </Fieldset>
  )
}
