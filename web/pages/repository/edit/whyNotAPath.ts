const maxLength = 4096

/** Why something cannot be the path of a file in a repository; undefined when it can. The hub has the last word. */
export function whyNotAPath(path: string): string | undefined {
  if (path === '' || path.endsWith('/')) return 'Give the file a name.'
  if (path.length > maxLength) return 'This path is too long.'
  if (path.startsWith('/')) return 'The path begins in the repository, without a slash before it.'
  if (path.includes('\\')) return 'Folders are separated by “/”.'
  const parts = path.split('/')
  if (parts.includes('')) return 'There are two slashes in a row.'
  if (parts.some((part) => part === '.' || part === '..')) return 'The path cannot hold “.” or “..” as a folder.'
  if (parts.some((part) => part.toLowerCase() === '.git')) return 'A folder “.git” cannot be in a repository.'
  return undefined
}
