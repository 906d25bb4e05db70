import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type BrowserContext, chromium } from 'playwright-core'

// Takes the pictures of docs/ again from a running hub that was started with the demo:
//   node tools/pictures.ts --hub http://127.0.0.1:8080 --chromium /usr/bin/chromium [--only members.png]

const { values: flags } = parseArgs({
  options: {
    hub: { type: 'string', default: 'http://127.0.0.1:8080' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    only: { type: 'string', multiple: true },
  },
})

const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url))
const width = 1280
const settings = '/organizations/meridian-labs/settings'

const list = `email,role,groups
noor@example.org,write,Speech:write
ola@example.org,read,
hana@example.org,admin,
noor@example.org,,
someone,read,
pia@example,,`

const file = `username,email,op,role,groups
hana-novakova,,set,write,
mei-tanaka,,set,contributor,Vision research:write
kwame-mensah,,remove,,
mateo-vargas,,add,,Speech:read
,noor@example.org,invite,read,`

interface Picture {
  file: string
  page: string
  height: number
  /** Words that tell that the page is there. */
  shows: string
  /** A list that is pasted first. */
  pasted?: string
  /** A file that is brought first. */
  brought?: string
  /** Who looks at it; left out: an admin. */
  as?: string
  /** What is opened on the page. */
  open?: string
  /** Where the picture begins. */
  left?: number
}

const pictures: Picture[] = [
  { file: 'members.png', page: `${settings}/members`, height: 820, shows: 'Jonas Lindqvist' },
  { file: 'member.png', page: `${settings}/members`, height: 500, shows: 'Mei Tanaka', open: 'Mei Tanaka', left: 820 },
  { file: 'resource-groups.png', page: `${settings}/resource-groups`, height: 460, shows: 'Vision research' },
  { file: 'repository.png', page: '/meridian-labs/compass-7b', height: 760, shows: 'Sample repository for the demo' },
  {
    file: 'access.png',
    page: '/meridian-labs/retina-screening/settings/access?person=mei-tanaka',
    height: 760,
    shows: 'To remove this access',
  },
  { file: 'files.png', page: '/meridian-labs/compass-7b/tree/main', height: 620, shows: 'model.safetensors' },
  { file: 'audit-log.png', page: `${settings}/audit-log`, height: 820, shows: 'jonas-lindqvist' },
  { file: 'invitations.png', page: `${settings}/invitations`, height: 820, shows: 'Invite links' },
  {
    file: 'invite-links.png',
    page: `${settings}/invitations`,
    height: 760,
    shows: 'Reading group',
    open: 'Create invite link',
  },
  { file: 'requests.png', page: `${settings}/requests`, height: 460, shows: 'Approve' },
  { file: 'email-domains.png', page: `${settings}/account`, height: 760, shows: 'meridian-labs.example' },
  { file: 'seats.png', page: `${settings}/billing`, height: 820, shows: 'Total' },
  { file: 'activity.png', page: `${settings}/activity`, height: 860, shows: 'never' },
  {
    file: 'bulk-invitations.png',
    page: `${settings}/invitations/list`,
    height: 720,
    shows: 'For everyone on the list',
    pasted: list,
    open: 'Preview 6 invitations',
  },
  { file: 'bulk-members.png', page: `${settings}/members/import`, height: 760, shows: 'Drop a CSV', brought: file },
  {
    file: 'gate.png',
    page: '/datasets/meridian-labs/village-maps/tree/main',
    height: 960,
    shows: 'Agree and request access',
    as: 'marisol-quispe',
  },
  {
    file: 'access-requests.png',
    page: '/datasets/meridian-labs/village-maps/settings/access-requests',
    height: 680,
    shows: 'Aiko Yamamoto',
  },
  { file: 'offboarding.png', page: `${settings}/members/mei-tanaka/offboard`, height: 760, shows: 'What stays' },
  { file: 'recovery.png', page: `${settings}/recovery`, height: 900, shows: 'By verified domain' },
]

const browser = await chromium.launch({
  executablePath: flags.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
})
try {
  const wanted = pictures.filter(({ file }) => flags.only === undefined || flags.only.includes(file))
  for (const [username, theirs] of Map.groupBy(wanted, ({ as = 'amara-okafor' }) => as)) {
    const context = await browser.newContext({ colorScheme: 'light', baseURL: flags.hub, reducedMotion: 'reduce' })
    await signIn(context, username)
    for (const picture of theirs) await take(context, picture)
  }
} finally {
  await browser.close()
}

async function signIn(context: BrowserContext, username: string): Promise<void> {
  const data = { username, password: 'guildhall-demo' }
  const reply = await context.request.post('/api/login', { data })
  if (!reply.ok()) throw new Error(`${flags.hub} does not let the demo in: ${await reply.text()}`)
}

async function take(context: BrowserContext, picture: Picture): Promise<void> {
  const page = await context.newPage()
  await page.setViewportSize({ width, height: picture.height })
  await page.goto(picture.page, { waitUntil: 'networkidle' })
  await page.getByText(picture.shows).first().waitFor()
  if (picture.pasted !== undefined) await page.getByRole('textbox').first().fill(picture.pasted)
  if (picture.brought !== undefined) {
    const buffer = Buffer.from(picture.brought)
    await page.locator('input[type=file]').setInputFiles({ name: 'members.csv', mimeType: 'text/csv', buffer })
  }
  if (picture.open !== undefined) await page.getByRole('button', { name: picture.open }).first().click()
  await page.mouse.move(0, 0)
  await page.waitForTimeout(800)
  const x = picture.left ?? 0
  await page.screenshot({
    path: join(folder, picture.file),
    clip: { x, y: 0, width: width - x, height: picture.height },
  })
  await page.close()
}
