/** Policy documents as IAM answers them: percent-encoded (IAM API reference, "compliant with RFC 3986"). */

/** What `encodeURIComponent` leaves although RFC 3986 reserves it. */
const LEFT_OVER = /[!'()*]/g

/** The document with every character encoded but letters, digits, and `-._~`. */
export const encodedDocument = (document: string): string =>
  encodeURIComponent(document).replace(LEFT_OVER, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
