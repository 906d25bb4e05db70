import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { oauth, ReplyOf } from '../../../../api/index.ts'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import classes from './Origin.module.css'

/** Where the request of a program comes from. */
export function Origin({ device }: { device: ReplyOf<typeof oauth.viewDevice> }) {
  const { program, ip, isOtherNetwork, createdAt, code } = device
  return (
    <dl className={classes.facts} aria-label="Request">
      <Fact name="Code">
        <span className="mono">{code}</span>
      </Fact>
      <Fact name="Program">{program} (not verified)</Fact>
      <Fact name="IP address">
        {ip}
        {isOtherNetwork && (
          <div>
            <Word tone="warn">Different from your current network</Word>
          </div>
        )}
      </Fact>
      <Fact name="Started">
        <When time={createdAt} />
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm">
        {children}
      </Text>
    </div>
  )
}
