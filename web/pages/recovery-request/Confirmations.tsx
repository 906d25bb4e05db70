import { Text } from '@mantine/core'
import type { recovery } from '../../../api/index.ts'
import { counted, listed } from '../../words.ts'
import classes from './Request.module.css'

/** How many of those who have to agree did. */
export function Confirmations({
  recoveryRequest: { quorum, approvals },
}: {
  recoveryRequest: recovery.RecoveryRequest
}) {
  return (
    <>
      {quorum && <Count needed={quorum.needed} by={quorum.confirmedBy} one="confirmation" />}
      {approvals && <Count needed={approvals.needed} by={approvals.approvedBy} one="site admin" />}
    </>
  )
}

function Count({ needed, by, one }: { needed: number; by: string[]; one: string }) {
  // None is needed where the request has ended.
  const words = needed === 0 ? counted(by.length, one) : `${by.length} of ${counted(needed, one)}`
  return (
    <div>
      <div className={classes.confirmations} role="img" aria-label={words}>
        {Array.from({ length: needed }, (_, place) => place).map((place) => (
          <span key={place} className={classes.confirmation} data-there={place < by.length || undefined} />
        ))}
      </div>
      <Text size="sm" mt={6}>
        {words}
        {by.length > 0 && `: ${listed(by)}`}
      </Text>
    </div>
  )
}
