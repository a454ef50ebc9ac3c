/** All migrations, in order. A new one gets the next number; one that was released is never changed. */
import type { Migration } from '../migrate.ts'
import { foundation } from './001-foundation.ts'
import { passwords } from './002-passwords.ts'
import { mfa } from './003-mfa.ts'
import { roles } from './004-roles.ts'
import { credentials } from './005-credentials.ts'
import { saml } from './006-saml.ts'
import { oidc } from './007-oidc.ts'
import { stsPreferences } from './008-sts-preferences.ts'
import { organizations } from './009-organizations.ts'
import { lastAccessed } from './010-last-accessed.ts'
import { delegation } from './011-delegation.ts'
import { organizationAccess } from './012-organization-access.ts'
import { fido } from './013-fido.ts'
import { denials } from './014-denials.ts'
import { handshakes } from './015-handshakes.ts'
import { transfers } from './019-transfers.ts'
import { packedAudit } from './020-packed-audit.ts'
import { policyUpdates } from './021-policy-updates.ts'

export const MIGRATIONS: readonly Migration[] = [
  foundation,
  passwords,
  mfa,
  roles,
  credentials,
  saml,
  oidc,
  stsPreferences,
  organizations,
  lastAccessed,
  delegation,
  organizationAccess,
  fido,
  denials,
  handshakes,
  transfers,
  packedAudit,
  policyUpdates,
]
