/** Whether a client uploads large files by Xet where it finds the library for it: huggingface_hub does from 1.20 on. */
export function speaksXet(userAgent: string | undefined): boolean {
  const [, major, minor] = /\bhf_hub\/(\d+)\.(\d+)/.exec(userAgent ?? '') ?? []
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 20)
}
