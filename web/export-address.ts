/** Where a file about an organization is downloaded from; fields that are undefined are left out. */
export function exportAddressOf(
  { path }: { path: string },
  org: string,
  fields: Record<string, string | undefined> = {},
): string {
  const given = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  const words = new URLSearchParams(given).toString()
  return path.replace(':org', encodeURIComponent(org)) + (words === '' ? '' : `?${words}`)
}
