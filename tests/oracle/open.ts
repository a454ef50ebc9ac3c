/** Where the engine is known to differ from the documents and is not corrected yet. Empty is the aim; a test fails where an entry has become untrue. */
/** Names of conformance cases that the engine answers otherwise. */
export const OPEN_CASES: ReadonlySet<string> = new Set([])
