/** The committed models are what tools/generate.ts makes of the installed botocore and SDK packages. Needs python3 with botocore, so only where that is. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { generateServices } from '../../tools/generate/services.ts'

test('generated models have not drifted from their sources', async (context) => {
  const generated = await generateServices()
  if (generated === undefined) return context.skip('botocore is not installed')
  for (const { path, text } of generated) {
    const committed = readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')
    assert.ok(committed === text, `${path} differs from what tools/generate.ts writes`)
  }
})
