/** The thread that proves SAML assertions. */
import { parentPort } from 'node:worker_threads'
import { Fault } from '../../aws/fault.ts'
import type { SamlAssertion } from '../saml-assertion.ts'
import { type AskedProof, provenAssertion } from './saml-proof.ts'

export type SaidProof =
  | { readonly assertion: SamlAssertion }
  | { readonly fault: { readonly code: string; readonly message: string } }

function saidOf(asked: AskedProof): SaidProof {
  try {
    return { assertion: provenAssertion(asked) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { fault: { code: error.code, message: error.message } }
  }
}

parentPort?.on('message', (asked: AskedProof) => parentPort?.postMessage(saidOf(asked)))
