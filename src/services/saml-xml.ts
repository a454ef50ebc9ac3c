/** XML as SAML needs it: parsed only after everything that makes parsers dangerous was refused. */
import type { Document, Element, Node } from '@xmldom/xmldom'
import { xmldom } from './libraries.ts'

const NAMESPACES = {
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
} as const
type NamespaceName = keyof typeof NAMESPACES

/** Thrown where a text is not XML that we read. */
class XmlError extends Error {}

const ELEMENT_NODE = 1
const MAX_ELEMENTS = 20_000
const MAX_DEPTH = 100

/** The root element. Document types, entities and processing instructions are refused before anything is parsed; none has a place in SAML (SAML 2.0 Core, 1.1). */
export function parseXml(text: string): Element {
  const body = text.replace(/^\uFEFF?<\?xml [^?]{0,200}\?>/, '')
  if (body.includes('<!DOCTYPE') || body.includes('<!ENTITY') || body.includes('<?') || body.includes('<![CDATA['))
    throw new XmlError('document types, entities, processing instructions and CDATA are not read')
  const { DOMParser } = xmldom()
  let document: Document
  try {
    document = new DOMParser({
      onError: (_level, message) => {
        throw new XmlError(String(message))
      },
    }).parseFromString(body, 'text/xml')
  } catch {
    throw new XmlError('the text is not well-formed XML')
  }
  const root = document.documentElement
  if (root === null) throw new XmlError('the text has no element')
  bound(root)
  return root
}

function bound(root: Element): void {
  let count = 0
  const walk = (element: Element, depth: number): void => {
    count += 1
    if (count > MAX_ELEMENTS || depth > MAX_DEPTH) throw new XmlError('the document is too large or too deep')
    for (const child of children(element)) walk(child, depth + 1)
  }
  walk(root, 0)
}

const isElement = (node: Node): node is Element => node.nodeType === ELEMENT_NODE

/** The child elements, in their order. */
export function children(parent: Element): readonly Element[] {
  return Array.from(parent.childNodes).filter(isElement)
}

/** Child elements of this name. */
export const childrenNamed = (parent: Element, namespace: NamespaceName, name: string): readonly Element[] =>
  children(parent).filter((child) => is(child, namespace, name))

export const is = (element: Element, namespace: NamespaceName, name: string): boolean =>
  element.localName === name && element.namespaceURI === NAMESPACES[namespace]

/** Descendants of this name, the element itself left out. */
export function descendants(root: Element, namespace: NamespaceName, name: string): readonly Element[] {
  return children(root).flatMap((child) => [
    ...(is(child, namespace, name) ? [child] : []),
    ...descendants(child, namespace, name),
  ])
}

/** The text of an element that holds nothing but text. Elements inside are refused: their text could say something else than it seems. */
export function textOf(element: Element): string {
  if (children(element).length > 0) throw new XmlError(`${element.localName} holds elements`)
  return (element.textContent ?? '').trim()
}

export const attribute = (element: Element, name: string): string | undefined => element.getAttribute(name) ?? undefined
