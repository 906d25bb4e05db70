/** The most that a response can be, decoded. 800 groups in one assertion are about 100 KB. */
export const responseBytes = 128 * 1024
/** The most that metadata of an identity provider can be. */
export const metadataBytes = 256 * 1024
export const responseElements = 2000
export const metadataElements = 4000
export const elementDepth = 40
export const elementAttributes = 40
/** Each certificate costs one more look at the signature. */
export const certificates = 6
export const nameIdCharacters = 512
/** How far the clocks of the identity provider and of this server can differ. */
export const skewMs = 60_000
