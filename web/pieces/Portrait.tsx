import { Avatar, Group, Text } from '@mantine/core'
import { usePicture } from '../avatars.ts'

/** The small picture of a person (round) or an organization (square); decoration beside a name. */
export function Portrait(props: { src: string; size?: number; square?: boolean }) {
  const size = props.size ?? 28
  return (
    <Avatar
      src={usePicture(props.src)}
      alt=""
      bg="var(--hall-line)"
      size={size}
      radius={props.square ? 'md' : 'xl'}
      imageProps={{ loading: 'lazy' }}
    />
  )
}

/** A person or an organization in a list: picture, full name, name. */
export function Named(props: { avatarUrl: string; name: string; fullname: string; square?: boolean }) {
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <Portrait src={props.avatarUrl} square={props.square ?? false} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={500} truncate>
          {props.fullname || props.name}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {props.name}
        </Text>
      </div>
    </Group>
  )
}
