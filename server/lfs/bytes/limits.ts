/** How large what people upload may be, in bytes. */
export interface UploadLimits {
  /** The body of one commit through the API. */
  commit: number
  /** One LFS object. */
  lfsObject: number
}
