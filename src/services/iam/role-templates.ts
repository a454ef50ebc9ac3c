/** Role templates: AWS's blueprints of roles, as far as their content is known. Immutable; a change is a new minor version. */
import type { RoleTemplateVersion } from '../../model/iam.gen.ts'

/** A template's members that are always known here. */
export type RoleTemplate = RoleTemplateVersion &
  Required<
    Pick<
      RoleTemplateVersion,
      | 'TemplateArn'
      | 'MinorVersion'
      | 'RoleNamePattern'
      | 'RolePathPattern'
      | 'AssumeRolePolicyDocumentTemplate'
      | 'ManagedPolicyArns'
      | 'ParametersDefinition'
    >
  >

/**
 * IAM User Guide, "Overview of role templates", has its ARN and its parameters; the CloudTrail example of "Manage access to role manager" the
 * role's default name, its path, its trust policy and the minor version; AWS's security blog names the policy. Inferred: the form of the
 * patterns, and that no description, tag or boundary is set. Its id and its dates are not known and left out.
 */
const POWER_USER: RoleTemplate = {
  TemplateArn: 'arn:aws:iam::aws:role-template/iam.amazonaws.com/PowerUserRoleTemplate:1',
  TemplateName: 'PowerUserRoleTemplate',
  MajorVersion: 1,
  MinorVersion: 0,
  DefaultMinorVersion: 0,
  ManagedByType: 'Service',
  ManagedByValue: 'iam.amazonaws.com',
  Enabled: true,
  VersionEnabled: true,
  RoleNamePattern: '@{RoleName}',
  RolePathPattern: '/',
  AssumeRolePolicyDocumentTemplate:
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"@{AWSServiceName}"},"Action":"sts:AssumeRole"}]}',
  ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess'],
  ParametersDefinition: [
    { Name: 'AWSServiceName', Type: 'String', IsRequired: true },
    { Name: 'RoleName', Type: 'String', IsRequired: false, DefaultValue: 'PowerUserRole' },
  ],
}

/** AWS's directory has more (for Backup, SageMaker, Secrets Manager, CloudWatch). What is in them is not documented, and nothing is made up. */
export const ROLE_TEMPLATES: ReadonlyMap<string, RoleTemplate> = new Map([[POWER_USER.TemplateArn, POWER_USER]])
