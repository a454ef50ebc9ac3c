/** The algorithms that sign requests, by their names on the wire. */

/** Signature Version 4. */
export const HMAC = 'AWS4-HMAC-SHA256'
/** Signature Version 4A. */
export const ECDSA = 'AWS4-ECDSA-P256-SHA256'

export type Algorithm = typeof HMAC | typeof ECDSA

export const isAlgorithm = (name: string): name is Algorithm => name === HMAC || name === ECDSA
