import { Button, Group } from '@mantine/core'

/** What a form in a dialog ends with. */
export function FormButtons({ label, busy, onClose }: { label: string; busy: boolean; onClose: () => void }) {
  return (
    <Group justify="flex-end" wrap="wrap-reverse">
      <Button onClick={onClose}>Cancel</Button>
      <Button type="submit" variant="filled" loading={busy}>
        {label}
      </Button>
    </Group>
  )
}
