/** Names in IAM: unique without regard to case, kept as given. */

/** The key under which a name is unique. Names are ASCII (`[\w+=,.@-]+`), so lower-casing is the whole of case folding (IAM User Guide, "Names"). */
export const nameKey = (name: string): string => name.toLowerCase()

/** The path of an entity made without one. */
export const DEFAULT_PATH = '/'
