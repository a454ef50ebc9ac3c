/** Writes the generated files: service models and their types, AWS managed policies, the action catalogue. Run by hand; see generate/README.md. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packAuthorization } from './generate/actions.ts'
import { packManagedPolicies } from './generate/managed-policies.ts'
import { generateServices } from './generate/services.ts'

function write(path: string, content: string | Uint8Array): void {
  writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), content)
  console.log(`${path}: ${Buffer.byteLength(content)} bytes`)
}

const services = await generateServices()
if (services === undefined) console.error('Service models left as they are: they need python3 with botocore.')
for (const { path, text } of services ?? []) write(path, text)
write('models/managed-policies.archive', packManagedPolicies())
write('models/authorization.archive', await packAuthorization())
