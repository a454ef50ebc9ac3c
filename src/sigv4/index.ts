/** `keyreeve/sigv4`: Signature Version 4 as a library: sign and presign requests, read and verify signatures (4A included). Needs `node:crypto`. */
export { signRequest, type SigningCredentials, type SigningOptions } from './sign.ts'
export { presignRequest, type PresignOptions } from './presign.ts'
export { readSignature, type Presented, type ReadOptions } from './parse.ts'
export { verifySignature } from './verify.ts'
export { SigningKeyCache } from './key.ts'
export { SignatureError } from './faults.ts'
export type { SignableRequest } from './request.ts'
