import type { Document } from '../dom.ts'

export class DOMParser {
  constructor(options?: {
    locator?: object
    errorHandler?: Record<'warning' | 'error' | 'fatalError', (problem: string) => void>
  })
  parseFromString(xml: string, mediaType: string): Document | undefined
}
