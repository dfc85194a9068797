// The library's own ASN.1 classes find each other through it.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509'
import * as x509 from '@peculiar/x509'
import { PERMITTED_DOMAIN, PERMITTED_NETS } from './reach.ts'

const DAY_MS = 86_400_000
/** How long the root and its intermediate are valid, days: longer than an iPad lasts. */
const AUTHORITY_DAYS = 3650
/** Apple's devices refuse leaves of more than 825 days, of public authorities more than 398. */
export const LEAF_DAYS = 397
/** Clocks of this computer and of the iPad may differ by this much without harm. */
const BACKDATED_MS = 2 * DAY_MS
const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** What vouches for this computer. The root's key is not in it: it was never outside of `makeAuthority`. */
export interface Authority {
  /** What an iPad trusts, PEM. */
  readonly root: string
  /** Signs leaves, and only for what `reach.ts` names, PEM. */
  readonly intermediate: string
  /** The intermediate's key, PKCS #8 PEM. */
  readonly key: string
}

export interface Leaf {
  readonly certificate: string
  readonly key: string
}

/** The library's PEM has no newline at its end, and two of them in a file would run into one another. */
function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`
}

async function keyPem(key: CryptoKey): Promise<string> {
  const body = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${body.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
}

function keyPair(extractable: boolean): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(CURVE, extractable, ['sign', 'verify'])
}

/** Positive, and nobody can foretell it. */
function serial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

function constraints(): x509.Extension {
  const bases = [
    new GeneralName({ dNSName: PERMITTED_DOMAIN }),
    ...PERMITTED_NETS.map((net) => new GeneralName({ iPAddress: net })),
  ]
  const permittedSubtrees = new GeneralSubtrees(bases.map((base) => new GeneralSubtree({ base })))
  return new x509.Extension(
    id_ce_nameConstraints,
    true,
    AsnConvert.serialize(new NameConstraints({ permittedSubtrees })),
  )
}

/** Root and intermediate, made together; the root's key signs one certificate and is then gone for good.
 * @param of what a person reads in the list of trusted certificates, such as the computer's name
 * @param now milliseconds since 1970 */
export async function makeAuthority(of: string, now: number): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto)
  const notBefore = new Date(now - BACKDATED_MS)
  const notAfter = new Date(now + AUTHORITY_DAYS * DAY_MS)
  // Two computers of one name have two authorities, and a person has to distinguish them.
  const mark = Buffer.from(webcrypto.getRandomValues(new Uint8Array(2)))
    .toString('hex')
    .toUpperCase()
  const name = (what: string) => `CN=Live Event Photography ${what} (${of} ${mark})`
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags
  const signs = new x509.KeyUsagesExtension(keyCertSign | cRLSign, true)
  // Not to be exported, so that not even a slip of ours could write it down.
  const rootKeys = await keyPair(false)
  const keys = await keyPair(true)
  const identifier = await x509.SubjectKeyIdentifierExtension.create(rootKeys.publicKey)
  const root = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: name('root'),
    issuer: name('root'),
    notBefore,
    notAfter,
    signingAlgorithm: CURVE,
    publicKey: rootKeys.publicKey,
    signingKey: rootKeys.privateKey,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true), signs, identifier],
  })
  const intermediate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: name('local'),
    issuer: root.subject,
    notBefore,
    notAfter,
    signingAlgorithm: CURVE,
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      signs,
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      constraints(),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  })
  return { root: pem(root), intermediate: pem(intermediate), key: await keyPem(keys.privateKey) }
}

/** A certificate for this computer, for 397 days or until its authority ends.
 * @param names of DNS, the first of which names the certificate
 * @param addresses IPv4, which `isPermitted` allows
 * @param now milliseconds since 1970 */
export async function issueLeaf(
  authority: Authority,
  { names, addresses, now }: { names: readonly string[]; addresses: readonly string[]; now: number },
): Promise<Leaf> {
  x509.cryptoProvider.set(webcrypto)
  const issuer = new x509.X509Certificate(authority.intermediate)
  const der = Buffer.from(authority.key.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, CURVE, false, ['sign'])
  const keys = await keyPair(true)
  const { digitalSignature } = x509.KeyUsageFlags
  const notBefore = Math.max(now - BACKDATED_MS, issuer.notBefore.getTime())
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${names[0] ?? addresses[0] ?? 'Live Event Photography'}`,
    issuer: issuer.subject,
    notBefore: new Date(notBefore),
    notAfter: new Date(Math.min(notBefore + LEAF_DAYS * DAY_MS, issuer.notAfter.getTime())),
    signingAlgorithm: CURVE,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        ...addresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return { certificate: pem(certificate), key: await keyPem(keys.privateKey) }
}
