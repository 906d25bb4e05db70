/** Where people reach this hub; addresses of its pages begin with it. Known for certain once the port is open. */
export interface Links {
  readonly publicUrl: string
}

/** The same, and whether there is a mail server: without one, mail stays in the outbox. */
export interface LinksAndMail extends Links {
  readonly sendsMail: boolean
}

/** The address of the picture of a person or organization. */
export function avatarUrl(links: Links, name: string): string {
  return `${links.publicUrl}/api/avatars/${encodeURIComponent(name)}`
}
