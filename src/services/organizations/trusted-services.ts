/** The services that work with Organizations, by service principal, and how many accounts may administer each (Organizations User Guide, "AWS services that you can use with AWS Organizations", and the pages of the services; where those give no number it is inferred). */

/** Most services allow one delegated administrator. */
const ONE = 1
/** The service has no delegated administrators. */
const NONE = 0

// oxfmt-ignore
const DELEGATES_PER_SERVICE: Readonly<Record<string, number>> = {
  'access-analyzer.amazonaws.com':                          ONE,
  'account.amazonaws.com':                                  ONE,
  'agentless.inspector2.amazonaws.com':                     ONE,
  'auditmanager.amazonaws.com':                             ONE,
  'aws-artifact-account-sync.amazonaws.com':                NONE,
  'backup.amazonaws.com':                                   5,
  'billing-cost-management.amazonaws.com':                  NONE,
  'cloudtrail.amazonaws.com':                               3,
  'compute-optimizer.amazonaws.com':                        ONE,
  'config-multiaccountsetup.amazonaws.com':                 3,
  'config.amazonaws.com':                                   3,
  'controltower.amazonaws.com':                             NONE,
  'cost-optimization-hub.bcm.amazonaws.com':                ONE,
  'detective.amazonaws.com':                                ONE,
  'devops-guru.amazonaws.com':                              ONE,
  'ds.amazonaws.com':                                       NONE,
  'eks.amazonaws.com':                                      ONE,
  'fms.amazonaws.com':                                      10,
  'guardduty.amazonaws.com':                                ONE,
  'health.amazonaws.com':                                   5,
  'iam.amazonaws.com':                                      ONE,
  'inspector2.amazonaws.com':                               ONE,
  'ipam.amazonaws.com':                                     ONE,
  'license-manager-linux-subscriptions.amazonaws.com':      ONE,
  'license-manager-user-subscriptions.amazonaws.com':       ONE,
  'license-manager.amazonaws.com':                          ONE,
  'license-manager.member-account.amazonaws.com':           NONE,
  'license-management.marketplace.amazonaws.com':           NONE,
  'macie.amazonaws.com':                                    ONE,
  'malware-protection.guardduty.amazonaws.com':             ONE,
  'member.org.stacksets.cloudformation.amazonaws.com':      5,
  'mgn.amazonaws.com':                                      ONE,
  'networkmanager.amazonaws.com':                           10,
  'notifications.amazon.com':                               5,
  'notifications.amazonaws.com':                            5,
  'observabilityadmin.amazonaws.com':                       ONE,
  'opsdatasync.ssm.amazonaws.com':                          NONE,
  'ram.amazonaws.com':                                      NONE,
  'reachabilityanalyzer.networkinsights.amazonaws.com':     5,
  'reporting.trustedadvisor.amazonaws.com':                 5,
  'resource-explorer-2.amazonaws.com':                      ONE,
  'security-ir.amazonaws.com':                              ONE,
  'securityhub.amazonaws.com':                              ONE,
  'securitylake.amazonaws.com':                             ONE,
  'servicecatalog.amazonaws.com':                           50,
  'servicequotas.amazonaws.com':                            NONE,
  'ssm-quicksetup.amazonaws.com':                           ONE,
  'ssm.amazonaws.com':                                      ONE,
  'sso.amazonaws.com':                                      ONE,
  'stacksets.cloudformation.amazonaws.com':                 NONE,
  'storage-lens.s3.amazonaws.com':                          50,
  'tagpolicies.tag.amazonaws.com':                          NONE,
  'user-subscriptions.amazonaws.com':                       NONE,
  'wellarchitected.amazonaws.com':                          ONE,
}

const LIMITS: ReadonlyMap<string, number> = new Map(Object.entries(DELEGATES_PER_SERVICE))

/** Whether the service principal is one that Organizations works with. */
export const isIntegrated = (servicePrincipal: string): boolean => LIMITS.has(servicePrincipal)

/** How many accounts may administer the service; 0 where it cannot be delegated. */
export const delegateLimit = (servicePrincipal: string): number => LIMITS.get(servicePrincipal) ?? 0
