/** How large what people upload may be, in bytes. */
export interface UploadLimits {
  /** Up to here the newest Python clients are told to send a file in the commit; the hub moves it to LFS itself. */
  regular: number
  /** The body of one commit through the API. */
  commit: number
  /** One LFS object. */
  lfsObject: number
}
