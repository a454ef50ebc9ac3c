/** The table of commands. Parsing, help and manual are made from it. */
import { createAccount, listAccounts } from './account.ts'
import { tailAudit, verifyAudit } from './audit.ts'
import type { Command } from './command.ts'
import { doctor } from './doctor.ts'
import { containerCredentials } from './container-credentials.ts'
import { credentials } from './credentials.ts'
import { env, exec } from './env.ts'
import { explain } from './explain.ts'
import { help, manual, version } from './help.ts'
import { rotateKeys } from './keys.ts'
import { metadata } from './metadata.ts'
import {
  listProviders,
  providerNotices,
  registerBoundary,
  registerProvider,
  registerTemplate,
  removeProvider,
  revokeDelegation,
} from './provider.ts'
import { start } from './start.ts'
import { whoCan } from './who-can.ts'

export const COMMANDS: readonly Command[] = [
  start,
  createAccount,
  listAccounts,
  env,
  exec,
  credentials,
  metadata,
  containerCredentials,
  doctor,
  verifyAudit,
  tailAudit,
  explain,
  whoCan,
  rotateKeys,
  registerProvider,
  registerTemplate,
  registerBoundary,
  listProviders,
  providerNotices,
  removeProvider,
  revokeDelegation,
  help,
  manual,
  version,
]
