// A document without a browser, for pieces and pages that are drawn in this process.
import { JSDOM } from 'jsdom'

const { window } = new JSDOM('<!doctype html><html lang="en"><body></body></html>', {
  url: 'http://hub.test/',
  pretendToBeVisual: true,
})

// What both have, and of which the pages need the one that belongs to the document.
const ofDocument = [
  'AbortController',
  'AbortSignal',
  'navigator',
  'Event',
  'CustomEvent',
  'EventTarget',
  'KeyboardEvent',
  'Blob',
  'File',
  'FormData',
]
const storages = ['localStorage', 'sessionStorage']

class NoObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

/** How wide the window is taken to be; pages draw cards instead of tables below 768 px. */
export const viewport = { width: 1280 }

Object.assign(window, {
  matchMedia: (query: string) => ({
    matches: query.includes('reduced-motion') || (query.includes('max-width') && viewport.width <= 768),
    media: query,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
  }),
  scrollTo: () => {},
  ResizeObserver: NoObserver,
  IntersectionObserver: NoObserver,
})
window.HTMLElement.prototype.scrollIntoView = () => {}
Object.defineProperty(window.document, 'fonts', { value: new window.EventTarget() })
for (const name of Object.getOwnPropertyNames(window)) {
  if (name in globalThis && !ofDocument.includes(name) && !storages.includes(name)) continue
  const value = (window as unknown as Record<string, unknown>)[name]
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
}
Object.assign(globalThis, {
  // React then says where a change of state was not waited for
  IS_REACT_ACT_ENVIRONMENT: true,
})

// Without layout nothing that is placed beside a field can take the focus; each warning of that would print all of React.
const { warn } = console
console.warn = (...words: unknown[]) => {
  if (!String(words[0]).includes('use-focus-trap')) warn(...words)
}
