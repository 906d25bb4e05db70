/** To be drawn. */
export function Page() {
  return null
}
