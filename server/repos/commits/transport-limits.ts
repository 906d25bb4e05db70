const mebibyte = 1024 * 1024

/** How much one fetch or push may ask of the hub before git sees it. */
export const transportLimits = {
  /** Of the request for a fetch: three hundred thousand references at once. */
  fetchBytes: 16 * mebibyte,
  pushReferences: 10_000,
  /** Of what names the references of a push. */
  pushCommandBytes: 4 * mebibyte,
  /** A push up to here is read whole before it takes a place. */
  pushBytes: mebibyte,
} as const
