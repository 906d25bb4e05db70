const mebibyte = 1024 * 1024

/** How much one commit through the API may hold; what is beyond is refused whole. */
export const commitLimits = {
  /** Files that are added, changed or deleted. */
  operations: 25_000,
  /** Bytes of a file that goes into git itself; a larger one goes to LFS. */
  regularBytes: 10 * mebibyte,
  /** Bytes of a binary file that clients are told to send through LFS, whatever its name is. */
  binaryBytes: mebibyte,
  /** Bytes of a commit that comes as one JSON object; in lines there may be any number. */
  objectBytes: mebibyte,
  /** Characters of a title; the rest of a longer one goes into the description. */
  summaryLength: 1000,
  descriptionLength: 60_000,
} as const
