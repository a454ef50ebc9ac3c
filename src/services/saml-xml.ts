/** XML as SAML needs it: parsed only after everything that makes parsers dangerous was refused. */
import type { Document, Element, Node } from '@xmldom/xmldom'
import { xmldom } from './libraries.ts'

const NAMESPACES = {
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  encryption11: 'http://www.w3.org/2009/xmlenc11#',
} as const
type NamespaceName = keyof typeof NAMESPACES

/** Thrown where a text is not XML that we read. */
class XmlError extends Error {}

const ELEMENT_NODE = 1
const MAX_ELEMENTS = 20_000
const MAX_DEPTH = 100

/** The root element. Document types, entities and processing instructions are refused before anything is parsed; none has a place in SAML (SAML 2.0 Core, 1.1). */
export function parseXml(text: string, most = MAX_ELEMENTS): Element {
  const body = text.replace(/^\uFEFF?<\?xml [^?]{0,200}\?>/, '')
  if (body.includes('<!DOCTYPE') || body.includes('<!ENTITY') || body.includes('<?') || body.includes('<![CDATA['))
    throw new XmlError('document types, entities, processing instructions and CDATA are not read')
  mustBeBounded(body, most)
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
  return root
}

/**
 * Throws where there are too many elements, or too many inside one another: before a parser sees them, since what it does for each may grow
 * with what is open. What is not well-formed the parser refuses.
 */
function mustBeBounded(text: string, most: number): void {
  let [elements, depth] = [0, 0]
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith(COMMENT, at)) {
      const end = text.indexOf('-->', at)
      if (end < 0) return
      at = end
      continue
    }
    const end = tagEnd(text, at)
    if (text[at + 1] === '/') depth -= 1
    else {
      elements += 1
      if (text[end - 1] !== '/') depth += 1
    }
    if (elements > most || depth > MAX_DEPTH) throw new XmlError('the document is too large or too deep')
    at = end
  }
}

const COMMENT = '<!--'

/** Where the `>` of a tag stands, not one in the value of an attribute; the end of the text where there is none. */
function tagEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at]
    if (sign === '>') return at
    if (sign !== '"' && sign !== "'") continue
    const close = text.indexOf(sign, at + 1)
    if (close < 0) break
    at = close
  }
  return text.length
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
