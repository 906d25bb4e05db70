import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type BrowserContext, chromium } from 'playwright-core'

// Takes the pictures of docs/ anew from a running hub that was started with the demo:
//   node tools/pictures.ts --hub http://127.0.0.1:8080 --chromium /usr/bin/chromium

const { values: flags } = parseArgs({
  options: {
    hub: { type: 'string', default: 'http://127.0.0.1:8080' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
})

const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url))
const width = 1280
const settings = '/organizations/meridian-labs/settings'

/** Every picture: file, page, words that show it is there, what is opened on it first, and where the picture begins. */
const pictures = [
  { file: 'members.png', page: `${settings}/members`, height: 820, shows: 'Jonas Lindqvist' },
  { file: 'member.png', page: `${settings}/members`, height: 500, shows: 'Mei Tanaka', open: 'Mei Tanaka', left: 820 },
  { file: 'resource-groups.png', page: `${settings}/resource-groups`, height: 460, shows: 'Vision research' },
  { file: 'repository.png', page: '/meridian-labs/compass-7b', height: 760, shows: 'Made up for the demo' },
  { file: 'files.png', page: '/meridian-labs/compass-7b/tree/main', height: 620, shows: 'model.safetensors' },
  { file: 'audit-log.png', page: `${settings}/audit-log`, height: 820, shows: 'jonas-lindqvist' },
] as const

const browser = await chromium.launch({
  executablePath: flags.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
})
try {
  const context = await browser.newContext({ colorScheme: 'light', baseURL: flags.hub, reducedMotion: 'reduce' })
  await signIn(context)
  for (const picture of pictures) await take(context, picture)
} finally {
  await browser.close()
}

async function signIn(context: BrowserContext): Promise<void> {
  const data = { username: 'amara-okafor', password: 'guildhall-demo' }
  const reply = await context.request.post('/api/login', { data })
  if (!reply.ok()) throw new Error(`${flags.hub} does not let the demo in: ${await reply.text()}`)
}

async function take(context: BrowserContext, picture: (typeof pictures)[number]): Promise<void> {
  const page = await context.newPage()
  await page.setViewportSize({ width, height: picture.height })
  await page.goto(picture.page, { waitUntil: 'networkidle' })
  await page.getByText(picture.shows).first().waitFor()
  if ('open' in picture) await page.getByRole('button', { name: picture.open }).first().click()
  await page.waitForTimeout(800)
  const x = 'left' in picture ? picture.left : 0
  await page.screenshot({
    path: join(folder, picture.file),
    clip: { x, y: 0, width: width - x, height: picture.height },
  })
  await page.close()
}
