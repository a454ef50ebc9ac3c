/** Writes the generated files: service models and their types, AWS managed policies, the action catalogue. `--check` only compares. See generate/README.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packAuthorization } from './generate/actions.ts'
import { packManagedPolicies } from './generate/managed-policies.ts'
import { generateServices } from './generate/services.ts'

const checking = process.argv.includes('--check')

function write(path: string, content: string | Uint8Array): void {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  if (!checking) writeFileSync(file, content)
  const same = Buffer.from(content).equals(readFileSync(file))
  if (!same) process.exitCode = 1
  console.log(`${path}: ${Buffer.byteLength(content)} bytes${same ? '' : ', differs from what is committed'}`)
}

const services = await generateServices()
if (services === undefined) {
  console.error('Service models are left as they are: they need python3 with botocore.')
  process.exitCode = 1
}
for (const { path, text } of services ?? []) write(path, text)
write('models/managed-policies.archive', packManagedPolicies())
write('models/authorization.archive', await packAuthorization())
