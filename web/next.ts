/** The part behind `#` that tells a door where to lead afterwards: the path may hold the secret of an invitation. */
export function nextHash(next: string): string {
  return next === '/' ? '' : new URLSearchParams({ next }).toString()
}

/** The sign-in page as an address, for where the router is not at hand: it leads to `next` afterwards. */
export function signInAddress(next = '/'): string {
  const hash = nextHash(next)
  return hash === '' ? '/login' : `/login#${hash}`
}

/**
 * Where to go after signing in: a path on this site, or the first page where the address asks for anything else. The
 * address is anybody's to write, so it must never lead to another site.
 */
export function safeNext(next: string | undefined, origin: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop some of them, and what is left may name a host
  if (next === undefined || !/^\/(?![/\\])[^\u0000-\u0020\\]*$/.test(next) || !URL.canParse(next, origin)) return '/'
  const url = new URL(next, origin)
  const leadsBack = url.pathname === '/login' || url.pathname === '/signup'
  // `/..//elsewhere` keeps the origin and still becomes `//elsewhere` once its dots are resolved.
  if (url.origin !== origin || url.pathname.startsWith('//') || leadsBack) return '/'
  return url.pathname + url.search + url.hash
}
