/** aws_iam_access_key, _user_login_profile, _user_ssh_key, _signing_certificate, _service_specific_credential, _server_certificate, _virtual_mfa_device. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import type { IAM, StatusType } from '@aws-sdk/client-iam'
import { selfSigned } from '../../certificates.ts'
import { changeTags, type Config, type Lifecycle, orGone, set, tagList, tagMap, type Tags } from './lifecycle.ts'

type WithStatus = { readonly user: string; readonly status: StatusType }
type Calls = {
  readonly create: () => Promise<string>
  /** The status of the credential among those of the user. */
  readonly find: (id: string) => Promise<StatusType | undefined>
  readonly setStatus: (id: string, Status: StatusType) => Promise<unknown>
  readonly remove: (id: string) => Promise<unknown>
}

/** Credentials of a user that are made active, and are turned off and on. A create with another status sets it behind. */
function switched(iam: IAM, UserName: string, { create, find, setStatus, remove }: Calls): Lifecycle<WithStatus> {
  const off: WithStatus = { user: UserName, status: 'Inactive' }
  return {
    configs: [off, { ...off, status: 'Active' }, off],
    async create({ status }) {
      await iam.createUser({ UserName })
      const id = await create()
      await setStatus(id, status)
      return id
    },
    async read(id): Promise<Config | undefined> {
      const status = await orGone(find(id))
      return status && { user: UserName, status }
    },
    async update(id, _before, { status }) {
      await setStatus(id, status)
      return id
    },
    async destroy(id) {
      await remove(id)
      assert.equal(await orGone(remove(id)), undefined)
      await iam.deleteUser({ UserName })
      // What the provider asks of the credentials of a user that is gone.
      assert.equal(await orGone(find(id)), undefined)
    },
  }
}

export const accessKey = (iam: IAM, UserName = 'tf-key'): Lifecycle<WithStatus> =>
  switched(iam, UserName, {
    async create() {
      const { AccessKey } = await iam.createAccessKey({ UserName })
      assert.ok(AccessKey?.SecretAccessKey !== undefined && AccessKey.CreateDate !== undefined)
      return AccessKey.AccessKeyId ?? ''
    },
    find: async (id) =>
      (await iam.listAccessKeys({ UserName })).AccessKeyMetadata?.find(({ AccessKeyId }) => AccessKeyId === id)?.Status,
    setStatus: (AccessKeyId, Status) => iam.updateAccessKey({ UserName, AccessKeyId, Status }),
    remove: (AccessKeyId) => iam.deleteAccessKey({ UserName, AccessKeyId }),
  })

const SSH_KEY = String(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }))

export const userSshKey = (iam: IAM, UserName = 'tf-ssh'): Lifecycle<WithStatus> =>
  switched(iam, UserName, {
    create: async () =>
      (await iam.uploadSSHPublicKey({ UserName, SSHPublicKeyBody: SSH_KEY })).SSHPublicKey?.SSHPublicKeyId ?? '',
    async find(SSHPublicKeyId) {
      const { SSHPublicKey } = await iam.getSSHPublicKey({ UserName, SSHPublicKeyId, Encoding: 'PEM' })
      assert.equal(SSHPublicKey?.SSHPublicKeyBody?.trim(), SSH_KEY.trim())
      return SSHPublicKey?.Status
    },
    setStatus: (SSHPublicKeyId, Status) => iam.updateSSHPublicKey({ UserName, SSHPublicKeyId, Status }),
    remove: (SSHPublicKeyId) => iam.deleteSSHPublicKey({ UserName, SSHPublicKeyId }),
  })

const { certificate, privateKey } = selfSigned('terraform.example')

export const signingCertificate = (iam: IAM, UserName = 'tf-signing'): Lifecycle<WithStatus> =>
  switched(iam, UserName, {
    create: async () =>
      (await iam.uploadSigningCertificate({ UserName, CertificateBody: certificate })).Certificate?.CertificateId ?? '',
    async find(id) {
      const { Certificates } = await iam.listSigningCertificates({ UserName })
      const found = Certificates?.find(({ CertificateId }) => CertificateId === id)
      if (found !== undefined) assert.deepEqual([found.CertificateBody?.trim(), found.UserName], [certificate.trim(), UserName])
      return found?.Status
    },
    setStatus: (CertificateId, Status) => iam.updateSigningCertificate({ UserName, CertificateId, Status }),
    remove: (CertificateId) => iam.deleteSigningCertificate({ UserName, CertificateId }),
  })

export const serviceSpecificCredential = (iam: IAM, UserName = 'tf-git'): Lifecycle<WithStatus> => {
  const ServiceName = 'codecommit.amazonaws.com'
  return switched(iam, UserName, {
    async create() {
      const { ServiceSpecificCredential: made } = await iam.createServiceSpecificCredential({ UserName, ServiceName })
      assert.ok(made?.ServicePassword !== undefined && made.ServiceUserName !== undefined)
      return made.ServiceSpecificCredentialId ?? ''
    },
    async find(id) {
      const { ServiceSpecificCredentials } = await iam.listServiceSpecificCredentials({ UserName, ServiceName })
      return ServiceSpecificCredentials?.find((one) => one.ServiceSpecificCredentialId === id)?.Status
    },
    setStatus: (ServiceSpecificCredentialId, Status) =>
      iam.updateServiceSpecificCredential({ UserName, ServiceSpecificCredentialId, Status }),
    remove: (ServiceSpecificCredentialId) => iam.deleteServiceSpecificCredential({ UserName, ServiceSpecificCredentialId }),
  })
}

type LoginProfile = { readonly user: string; readonly password_reset_required: boolean }

export const userLoginProfile = (iam: IAM, UserName = 'tf-login'): Lifecycle<LoginProfile> => ({
  configs: [{ user: UserName, password_reset_required: false }],
  async create({ password_reset_required: PasswordResetRequired }) {
    await iam.createUser({ UserName })
    const { LoginProfile: made } = await iam.createLoginProfile({
      UserName,
      Password: 'Ab1!Ab1!Ab1!Ab1!Ab1!',
      PasswordResetRequired,
    })
    return made?.UserName ?? ''
  },
  async read(id) {
    const answer = await orGone(iam.getLoginProfile({ UserName: id }))
    return answer && { user: answer.LoginProfile?.UserName, password_reset_required: answer.LoginProfile?.PasswordResetRequired }
  },
  async destroy(id) {
    await iam.deleteLoginProfile({ UserName: id })
    assert.equal(await orGone(iam.deleteLoginProfile({ UserName: id })), undefined)
    await iam.deleteUser({ UserName: id })
  },
})

type ServerCertificate = {
  readonly name: string
  readonly path: string
  readonly certificate_body: string
  readonly certificate_chain?: string
  readonly tags?: Tags
}

export const serverCertificate = (iam: IAM): Lifecycle<ServerCertificate> => ({
  configs: [
    {
      name: 'tf-cert',
      path: '/cloudfront/',
      certificate_body: certificate.trim(),
      certificate_chain: certificate.trim(),
      tags: { a: '1' },
    },
    {
      name: 'tf-cert',
      path: '/cloudfront/',
      certificate_body: certificate.trim(),
      certificate_chain: certificate.trim(),
      tags: { A: '2' },
    },
  ],
  async create(config) {
    const made = await iam.uploadServerCertificate({
      ServerCertificateName: config.name,
      Path: config.path,
      CertificateBody: config.certificate_body,
      PrivateKey: privateKey,
      ...set({ CertificateChain: config.certificate_chain, Tags: tagList(config.tags) }),
    })
    return made.ServerCertificateMetadata?.ServerCertificateName ?? ''
  },
  async read(ServerCertificateName) {
    const answer = await orGone(iam.getServerCertificate({ ServerCertificateName }))
    if (answer === undefined) return undefined
    const { ServerCertificateMetadata: metadata, CertificateBody, CertificateChain, Tags: tags } = answer.ServerCertificate ?? {}
    return set({
      name: metadata?.ServerCertificateName,
      path: metadata?.Path,
      certificate_body: CertificateBody?.trim(),
      certificate_chain: CertificateChain?.trim(),
      tags: tagMap(tags),
    })
  },
  async update(ServerCertificateName, before, after) {
    await changeTags([before.tags, after.tags], {
      untag: (TagKeys) => iam.untagServerCertificate({ ServerCertificateName, TagKeys }),
      tag: (Tags) => iam.tagServerCertificate({ ServerCertificateName, Tags }),
    })
    return ServerCertificateName
  },
  async destroy(ServerCertificateName) {
    await iam.deleteServerCertificate({ ServerCertificateName })
    assert.equal(await orGone(iam.deleteServerCertificate({ ServerCertificateName })), undefined)
  },
})

type MfaDevice = { readonly virtual_mfa_device_name: string; readonly path: string; readonly tags?: Tags }

export const virtualMfaDevice = (iam: IAM): Lifecycle<MfaDevice> => ({
  configs: [
    { virtual_mfa_device_name: 'tf-mfa', path: '/' },
    { virtual_mfa_device_name: 'tf-mfa', path: '/', tags: { Name: 'x' } },
  ],
  async create({ virtual_mfa_device_name: VirtualMFADeviceName, path: Path }) {
    const { VirtualMFADevice } = await iam.createVirtualMFADevice({ VirtualMFADeviceName, Path })
    assert.ok(VirtualMFADevice?.Base32StringSeed !== undefined && VirtualMFADevice.QRCodePNG !== undefined)
    return VirtualMFADevice.SerialNumber ?? ''
  },
  async read(SerialNumber) {
    const { VirtualMFADevices } = await iam.listVirtualMFADevices({})
    const found = VirtualMFADevices?.find((one) => one.SerialNumber === SerialNumber)
    if (found === undefined) return undefined
    // Nobody has it: no user, no date; and no seed, which is shown once.
    assert.deepEqual([found.User, found.EnableDate, found.Base32StringSeed], [undefined, undefined, undefined])
    const [, path, name] = /:mfa(\/|\/[!-~]+\/)([\w+=,.@-]+)$/.exec(SerialNumber) ?? []
    const { Tags: tags } = await iam.listMFADeviceTags({ SerialNumber })
    return set({ virtual_mfa_device_name: name, path, tags: tagMap(tags) })
  },
  async update(SerialNumber, before, after) {
    await changeTags([before.tags, after.tags], {
      untag: (TagKeys) => iam.untagMFADevice({ SerialNumber, TagKeys }),
      tag: (Tags) => iam.tagMFADevice({ SerialNumber, Tags }),
    })
    return SerialNumber
  },
  async destroy(SerialNumber) {
    await iam.deleteVirtualMFADevice({ SerialNumber })
    assert.equal(await orGone(iam.deleteVirtualMFADevice({ SerialNumber })), undefined)
  },
})
