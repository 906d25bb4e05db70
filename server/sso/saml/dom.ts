/** The part of the DOM that messages are read with. The types of the parser would bring all of a browser's. */
export interface Node {
  readonly nodeType: number
  readonly nodeValue: string | null
  readonly childNodes: ArrayLike<Node>
  readonly parentNode: Node | null
  textContent: string | null
  appendChild(child: Node): unknown
  insertBefore(child: Node, before: Node | null): unknown
  removeChild(child: Node): unknown
  cloneNode(deep: boolean): Node
  toString(): string
}

/** An element of a message. */
export interface Element extends Node {
  readonly localName: string
  readonly namespaceURI: string | null
  readonly ownerDocument: Document
  readonly attributes: ArrayLike<{ localName: string | null; value: string }>
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  getElementsByTagNameNS(namespace: string, name: string): ArrayLike<Element>
}

/** A parsed message. */
export interface Document extends Node {
  readonly documentElement: Element
  createElementNS(namespace: string, name: string): Element
  getElementsByTagNameNS(namespace: string, name: string): ArrayLike<Element>
}
