const maxLength = 4096

/** Why something cannot be the path of a file in a repository; undefined when it can. The hub has the last word. */
export function whyNotAPath(path: string): string | undefined {
  if (path === '' || path.endsWith('/')) return 'Enter a file name.'
  if (path.length > maxLength) return 'This path is too long.'
  if (path.startsWith('/')) return 'The path can’t start with a slash.'
  if (path.includes('\\')) return 'Use “/” to separate folders.'
  const parts = path.split('/')
  if (parts.includes('')) return 'The path can’t have two slashes in a row.'
  if (parts.some((part) => part === '.' || part === '..')) return 'The path can’t contain “.” or “..” as a folder.'
  if (parts.some((part) => part.toLowerCase() === '.git')) return 'The path can’t contain a “.git” folder.'
  return undefined
}
