import type { Token, Tokens } from 'marked'

/** How a document leads to what lies beside it. */
export interface Surroundings {
  /** The page of a path relative to the document; where there is none, the link is left as its words. */
  page: (path: string) => string | undefined
  /** The bytes of a path relative to the document, for pictures. */
  bytes: (path: string) => string
}

const forbidden = {
  FORBID_TAGS:
    'style form input button textarea select option fieldset dialog svg math video audio source track map area'.split(
      ' ',
    ),
  FORBID_ATTR: 'style class id name srcset background poster tabindex accesskey role'.split(' '),
  // They would meet the styles and scripts of the page.
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
}

/** Turns markdown into harmless HTML; pictures are left out. The libraries are fetched when they are first needed. */
export async function renderText(text: string): Promise<string> {
  const [{ marked }, { default: purify }] = await Promise.all([import('marked'), import('dompurify')])
  const html = await marked.parse(text, { gfm: true, breaks: true })
  // Pictures from elsewhere would tell someone else who reads the page.
  return purify.sanitize(html, { ...forbidden, FORBID_TAGS: [...forbidden.FORBID_TAGS, 'img'] })
}

/** Turns a document of a repository into harmless HTML: links lead to its neighbours, and only the hub's pictures show. */
export async function renderDocument(text: string, around: Surroundings): Promise<string> {
  const [{ Marked }, { default: purify }] = await Promise.all([import('marked'), import('dompurify')])
  const marked = new Marked({
    gfm: true,
    walkTokens: lowerHeading,
    renderer: { checkbox: ({ checked }) => (checked ? '☑ ' : '☐ ') },
  })
  const html = await marked.parse(text)
  const tree = purify.sanitize(html, { ...forbidden, RETURN_DOM_FRAGMENT: true })
  for (const heading of tree.querySelectorAll('h2, h3, h4, h5, h6')) heading.id = anchorOf(heading.textContent ?? '')
  for (const link of tree.querySelectorAll('a')) leadLink(link, around)
  await Promise.all([...tree.querySelectorAll('img')].map((image) => leadImage(image, around)))
  for (const block of tree.querySelectorAll('table, pre')) keepReachable(block)
  for (const item of tree.querySelectorAll('li')) item.toggleAttribute('data-task', isTask(item))
  const holder = document.createElement('div')
  holder.append(tree)
  return holder.innerHTML
}

// The title of the page is the first heading; those of the document stand below it.
function lowerHeading(token: Token): void {
  if (token.type === 'heading') (token as Tokens.Heading).depth = Math.min(6, (token as Tokens.Heading).depth + 1)
}

const anchorPrefix = 'card-'

/** The id of a heading, by its words; ids of a document stay apart from those of the page. */
export function anchorOf(words: string): string {
  const slug = words
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s+/g, '-')
  return anchorPrefix + slug
}

function leadLink(link: HTMLAnchorElement, around: Surroundings): void {
  const target = link.getAttribute('href') ?? ''
  if (target.startsWith('#')) return void link.setAttribute('href', `#${anchorPrefix}${target.slice(1).toLowerCase()}`)
  if (isElsewhere(target)) {
    link.setAttribute('rel', 'noopener noreferrer nofollow')
    return void link.setAttribute('target', '_blank')
  }
  const path = target.startsWith('/') ? undefined : pathIn(target)
  if (path === undefined) return
  const page = around.page(path)
  if (page === undefined) return void link.replaceWith(...link.childNodes)
  link.setAttribute('href', page + (target.match(/#.*$/)?.[0] ?? ''))
}

async function leadImage(image: HTMLImageElement, around: Surroundings): Promise<void> {
  const source = image.getAttribute('src') ?? ''
  image.setAttribute('loading', 'lazy')
  // Pictures that say nothing of themselves have at least a name.
  if (!image.hasAttribute('alt')) image.alt = source.slice(source.lastIndexOf('/') + 1)
  if (/^data:image\/(png|jpeg|gif|webp);/i.test(source)) return
  if (isHubPicture(source)) return
  const path = isElsewhere(source) || source.startsWith('/') ? undefined : pathIn(source)
  if (path === undefined) return image.replaceWith(linkInsteadOf(image, source))
  const address = around.bytes(path)
  image.setAttribute('src', isDrawing(path) ? ((await drawingAt(address)) ?? address) : address)
}

/** Whether an absolute path is a file or an avatar. Asking for other addresses of the hub can have an effect. */
export function isHubPicture(source: string): boolean {
  const base = 'http://hub.invalid'
  if (!source.startsWith('/') || !URL.canParse(source, base)) return false
  const { origin, pathname } = new URL(source, base)
  const isFile = /^\/(datasets\/|spaces\/)?(?!api\/)[^/]+\/[^/]+\/resolve\/./.test(pathname)
  return origin === base && (isFile || /^\/api\/avatars\/[^/]+$/.test(pathname))
}

/** Whether a file is a drawing (SVG), which the hub sends as text only. */
export function isDrawing(path: string): boolean {
  return /\.svg$/i.test(path)
}

/** A drawing as an address that a picture can have; as a picture it runs nothing and fetches nothing. */
export function drawnAddress(text: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`
}

async function drawingAt(address: string): Promise<string | undefined> {
  const reply = await fetch(address).catch(() => undefined)
  return reply?.ok ? drawnAddress(await reply.text()) : undefined
}

// A picture from elsewhere would tell someone else who reads the page.
function linkInsteadOf(image: HTMLImageElement, source: string): Node {
  const words = `${image.alt || 'Picture'} (elsewhere)`
  // Inside a link there is no second one.
  if (image.closest('a') || !/^https?:/i.test(source)) return document.createTextNode(words)
  const link = document.createElement('a')
  link.href = source
  link.rel = 'noopener noreferrer nofollow'
  link.target = '_blank'
  link.textContent = words
  return link
}

// The box stands in place of the bullet.
function isTask(item: Element): boolean {
  return /^\s*[☑☐]/.test(item.textContent ?? '')
}

// What is wider than the page is scrolled, by keyboard too.
function keepReachable(block: Element): void {
  block.setAttribute('tabindex', '0')
}

function isElsewhere(target: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith('//')
}

/** The path that a link of a document means, without `?` and `#`; undefined where its escapes are broken. */
function pathIn(target: string): string | undefined {
  try {
    return decodeURIComponent(target.replace(/[?#].*$/, ''))
  } catch {
    return undefined
  }
}
