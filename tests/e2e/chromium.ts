import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  playwrightsOwn(),
]

// Without these a browser talks to its maker's servers in the background.
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

function playwrightsOwn(): string | undefined {
  try {
    return chromium.executablePath()
  } catch {
    return undefined
  }
}

/** The Chromium of this machine, or undefined, with one visible line, where there is none. */
export function findChromium(): string | undefined {
  const found = places.find((path) => path !== undefined && existsSync(path))
  if (!found)
    process.stdout.write('# skipped: no Chromium was found, so nothing is tried in a browser (set CHROMIUM_PATH)\n')
  return found
}

/** A browser, and how to end it even while a page of it hangs. */
export interface StartedBrowser {
  browser: Browser
  kill: () => Promise<void>
}

/** Starts the browser. */
export async function launch(executablePath: string): Promise<StartedBrowser> {
  const server = await chromium.launchServer({ executablePath, args: quiet, timeout: 30_000 })
  const browser = await chromium.connect(server.wsEndpoint(), { timeout: 30_000 })
  return { browser, kill: () => server.kill() }
}
