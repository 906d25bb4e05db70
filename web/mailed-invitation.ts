/** What the link in the mail of an invitation carries beside its token. */
interface Mailed {
  email: string
  /** Shows the server that its holder reads the mail of this address. */
  proof: string
}

/** The page of an invitation or invite link. Its secret stands behind `#`, which browsers send to no server. */
export function joinAddress(token: string): string {
  return `/join#token=${encodeURIComponent(token)}`
}

/** The secret of the invitation or invite link that an address leads to. */
export function invitationIn(address: string): string | undefined {
  return /^\/join#token=([\w-]{10,100})$/.exec(address)?.[1]
}

const keyOf = (token: string) => `invitation ${token}`

/** Keeps what the mailed link carries for this tab, and takes the proof out of the address bar: a copied address proves nothing. */
export function keepMailed(token: string): void {
  const words = new URLSearchParams(location.hash.slice(1))
  const [email, proof] = [words.get('email'), words.get('proof')]
  if (!email || !proof) return
  sessionStorage.setItem(keyOf(token), JSON.stringify({ email, proof }))
  history.replaceState(history.state, '', joinAddress(token))
}

/** What the mailed link of an invitation carried, in this tab. */
export function mailedWith(token: string | undefined): Mailed | undefined {
  const kept = token === undefined ? null : sessionStorage.getItem(keyOf(token))
  return kept === null ? undefined : (JSON.parse(kept) as Mailed)
}
