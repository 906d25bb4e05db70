// What proves at the end of a sign-in to a managed account that it is the browser that began. It is for this tab alone.

const keyOf = (org: string) => `sso ${org.toLowerCase()}`

/** Keeps the proof until the identity provider sends the person back. */
export function keepBrowser(org: string, browser: string): void {
  sessionStorage.setItem(keyOf(org), browser)
}

/** Takes the proof of a sign-in that began here; undefined where it was not one to a managed account. */
export function takeBrowser(org: string): string | undefined {
  const browser = sessionStorage.getItem(keyOf(org)) ?? undefined
  sessionStorage.removeItem(keyOf(org))
  return browser
}
