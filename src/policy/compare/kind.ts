/** The kinds of policy that are compared, and whether a document is one of its kind. */
import { compileText } from '../compile.ts'
import type { PolicyDocument } from '../document.ts'

/** Attached to whoever asks, or to what is asked for: the latter name principals (trust policies too). */
export type PolicyKind = 'identity' | 'resource'

export const compiled = (text: string, kind: PolicyKind): ReturnType<typeof compileText> =>
  compileText(text, kind, { id: kind, name: kind, type: kind === 'identity' ? 'managed' : 'resource' })

/** Why a document is no policy of its kind; undefined where it is one. */
export const problemOf = ({ source }: PolicyDocument, kind: PolicyKind): string | undefined => compiled(source, kind).problem
