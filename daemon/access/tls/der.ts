import { createHash } from 'node:crypto'

/** SHA-256 over the certificate, as hex digits: what distinguishes two of them. */
export function fingerprint(certificate: string): string {
  return createHash('sha256').update(derOf(certificate)).digest('hex')
}

/** The first certificate in a PEM text, as bytes. */
export function derOf(certificate: string): Buffer {
  const body = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(certificate)?.[1] ?? ''
  return Buffer.from(body.replace(/\s/g, ''), 'base64')
}
