import { List, Text } from '@mantine/core'

/** What a person loses or gains, one phrase each as the server says them; nothing where the list is empty. */
export function Losses({ title, phrases }: { title: string; phrases: readonly string[] }) {
  if (phrases.length === 0) return null
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm" spacing={2} mt={4}>
        {phrases.map((phrase) => (
          <List.Item key={phrase}>{phrase.charAt(0).toUpperCase() + phrase.slice(1)}</List.Item>
        ))}
      </List>
    </div>
  )
}
