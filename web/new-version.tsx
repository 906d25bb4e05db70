import { Button, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useRef } from 'react'

/** Says at the edge of the page that the instance has other pages by now than those that are open. */
export function useNewVersion(build: string): void {
  const opened = useRef(build)
  useEffect(() => {
    if (build !== opened.current) tellNewVersion()
  }, [build])
}

function tellNewVersion(): void {
  notifications.show({
    id: 'new-version',
    title: newVersion,
    message: (
      <Stack gap="xs" align="flex-start">
        <Text size="sm">Reload this page to use it. Save your work first.</Text>
        <ReloadButton />
      </Stack>
    ),
    autoClose: false,
  })
}

/** What an open page says after an upgrade. */
export const newVersion = 'A new version of Guildhall is available'

/** Loads the page again, with the code that the server has now. */
export function ReloadButton() {
  return <Button onClick={() => location.reload()}>Reload</Button>
}

/** Whether a part of a page could not be loaded: each browser says it in its own words. */
export function isMissingPart(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|importing a module script/i.test(error.message)
}

/**
 * Loads a part of a page. The router reloads the page when one is missing, which helps after an upgrade; while the server
 * is away it would leave nothing but the browser's own error page. So it only learns of the former.
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load()
  } catch (error) {
    if (!isMissingPart(error) || (await isOutdated())) throw error
    throw new TypeError(`The instance didn’t answer: ${String(error)}`)
  }
}

/** Whether the server no longer has the code that is running here; false where it cannot be reached. */
export async function isOutdated(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]')
  if (script === null) return false
  const answer = await fetch(script.src, { method: 'HEAD', cache: 'no-store' }).catch(() => undefined)
  return answer?.status === 404
}
