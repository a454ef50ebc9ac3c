/** `keyreeve/catalogue`: the actions, resources and condition keys of AWS's services, and AWS's managed policies, from the package's data files. */
export { readAuthorization, readManagedPolicies } from './model-files.ts'
