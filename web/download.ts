/** Hands a text to the browser as a file to keep. */
export function downloadText(fileName: string, text: string, contentType: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: contentType }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // The download begins after this turn of the event loop.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
