/** What the link in the mail of an invitation carries beside its token. */
interface Mailed {
  email: string
  /** Shows the server that its holder reads the mail of this address. */
  proof: string
}

const keyOf = (token: string) => `invitation ${token}`

/** Keeps what the mailed link carries for this tab, and takes it out of the address bar: a copied address proves nothing. */
export function keepMailed(token: string): void {
  const words = new URLSearchParams(location.hash.slice(1))
  const [email, proof] = [words.get('email'), words.get('proof')]
  if (!email || !proof) return
  sessionStorage.setItem(keyOf(token), JSON.stringify({ email, proof }))
  history.replaceState(history.state, '', location.pathname + location.search)
}

/** What the mailed link of an invitation carried, in this tab. */
export function mailedWith(token: string | undefined): Mailed | undefined {
  const kept = token === undefined ? null : sessionStorage.getItem(keyOf(token))
  return kept === null ? undefined : (JSON.parse(kept) as Mailed)
}
