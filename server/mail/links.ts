/** Where people reach this hub; addresses of its pages begin with it. Known for certain once the port is open. */
export interface Links {
  readonly publicUrl: string
}

/** The address of the picture of a person or organization. */
export function avatarUrl(links: Links, name: string): string {
  return `${links.publicUrl}/api/avatars/${encodeURIComponent(name)}`
}
