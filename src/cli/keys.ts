/** `keyreeve keys`: the master key. */
import { runAdmin } from './admin-client.ts'
import type { Command } from './command.ts'

export const rotateKeys: Command = {
  name: 'keys rotate',
  summary: 'Make a new master key, and seal every stored secret under it',
  details: [
    'Works while the server runs. Older keys stay in the keyring, because temporary credentials and audit records made under them must still be read. A key given with `key-file` or `KEYREEVE_KEY` is the operator’s: it is not changed here.',
  ],
  configured: true,
  examples: ['keyreeve keys rotate'],
  async run({ config }, context) {
    const { keyId, resealed } = await runAdmin(config(), 'rotateKeys', {}, context)
    context.out(
      `The new key is ${keyId}. Secrets sealed anew: ${resealed}.\nNext: make a new backup of the data directory; older backups need the older keys in them.\n`,
    )
    return 0
  },
}
