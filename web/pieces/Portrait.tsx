import { Group, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { initialsOf } from '../../api/index.ts'
import { usePicture } from '../avatars.ts'
import classes from './Portrait.module.css'

interface Pictured {
  name: string
  fullname?: string
  size?: number
  /** For organizations. */
  square?: boolean
}

/** The small picture of a person (round) or an organization (square), their initials without one; decoration beside a name. */
export function Portrait(props: Pictured) {
  const address = usePicture(props.name)
  return <Letters {...props}>{address !== undefined && <Uploaded key={address} address={address} />}</Letters>
}

/** Initials alone, for those who have no account here. */
export function Letters({
  name,
  fullname = '',
  size = 28,
  square = false,
  children,
}: Pictured & { children?: ReactNode }) {
  const { letters, color } = initialsOf(name, fullname)
  return (
    <span
      className={classes.portrait}
      data-letters={letters}
      data-square={square || undefined}
      style={{ width: size, height: size, fontSize: size * 0.44, background: color }}
      aria-hidden
    >
      {children}
    </span>
  )
}

function Uploaded({ address }: { address: string }) {
  const [loaded, setLoaded] = useState(false)
  return (
    <img
      src={address}
      alt=""
      loading="lazy"
      className={classes.picture}
      data-loaded={loaded || undefined}
      onLoad={() => setLoaded(true)}
    />
  )
}

/** A person or an organization in a list: picture, full name, name. */
export function Named({ name, fullname, square = false }: { name: string; fullname: string; square?: boolean }) {
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <Portrait name={name} fullname={fullname} square={square} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={500} truncate title={fullname || name}>
          {fullname || name}
        </Text>
        {fullname && (
          <Text size="xs" c="dimmed" truncate title={name}>
            {name}
          </Text>
        )}
      </div>
    </Group>
  )
}
