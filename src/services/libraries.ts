/** Libraries that few calls need. Each is loaded by the first call that does: together they take a fifth of the start and of the idle memory. */
import type * as Xmldom from '@xmldom/xmldom'
import type * as Jose from 'jose'
import { createRequire } from 'node:module'
import type * as XmlCrypto from 'xml-crypto'

const load = createRequire(import.meta.url)

function once<Library>(name: string): () => Library {
  let library: Library | undefined
  return () => (library ??= load(name))
}

/** JSON Web Tokens. */
export const jose = once<typeof Jose>('jose')
/** XML documents. */
export const xmldom = once<typeof Xmldom>('@xmldom/xmldom')
/** XML signatures. */
export const xmlCrypto = once<typeof XmlCrypto>('xml-crypto')
