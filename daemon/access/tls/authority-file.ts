import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, messageOf, Refusal } from '../../errors.ts'
import { writeAtomic } from '../../files.ts'
import type { Authority, Leaf } from './certificates.ts'

/** What lies in `<data>/config/tls`: `authority.pem` (root, intermediate and its key; iPads trust this root),
 * `leaf.pem` (this computer's certificate, the intermediate and the leaf's key), `root.crt` (the root alone, for
 * a person who wants to carry it to a device by hand). */
const AUTHORITY = 'authority.pem'
const LEAF = 'leaf.pem'
const ROOT = 'root.crt'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g
const KEY = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/

/** What to do when iPads can no longer be served by the authority that they trust. It is never remade by itself. */
function startOver(folder: string): string {
  return `Put the folder back from a backup, or remove "${folder}" and start again: a new authority is made then, and every iPad has to install its profile.`
}

/** @returns null where none was ever made
 *  @throws Refusal `tls_open` when others can read the key, `tls_damaged` when it is not whole, `tls_lost` when only
 *  the root is left */
export async function readAuthority(folder: string): Promise<Authority | null> {
  const path = join(folder, AUTHORITY)
  let text: string
  try {
    // A key that others on this machine can read is no secret.
    const mode = (await stat(path)).mode & 0o777
    if (mode & 0o077)
      throw new Refusal(
        409,
        'tls_open',
        `The certificates' key can be read by others on this computer (mode ${mode.toString(8)}), so HTTPS is off. Run: chmod 600 "${path}"`,
      )
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Refusal) throw error
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') {
      if (!existsSync(join(folder, ROOT))) return null
      throw new Refusal(409, 'tls_lost', `The file "${path}" is gone. ${startOver(folder)}`)
    }
    throw new Refusal(409, 'tls_damaged', `"${path}" cannot be read (${messageOf(error)}).`, { cause: error })
  }
  const [root, intermediate] = text.match(CERTIFICATE) ?? []
  const key = KEY.exec(text)?.[0]
  if (root && intermediate && key && isWhole({ root, intermediate, key })) return { root, intermediate, key }
  throw new Refusal(409, 'tls_damaged', `The file "${path}" is damaged. ${startOver(folder)}`)
}

function isWhole({ root, intermediate, key }: Authority): boolean {
  try {
    const [upper, lower] = [new X509Certificate(root), new X509Certificate(intermediate)]
    return (
      upper.verify(upper.publicKey) &&
      lower.verify(upper.publicKey) &&
      lower.checkPrivateKey(createPrivateKey(key))
    )
  } catch {
    return false
  }
}

export async function writeAuthority(folder: string, authority: Authority): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const { root, intermediate, key } = authority
  await writeAtomic(join(folder, AUTHORITY), root + intermediate + key, 0o600)
  await writeAtomic(join(folder, ROOT), root, 0o644)
}

/** What a listener needs: the leaf and what vouches for it, and the leaf's key. */
export interface Context {
  readonly cert: string
  readonly key: string
}

/** @returns null where there is none that may be used; a leaf can always be made again */
export async function readLeaf(folder: string): Promise<Context | null> {
  const path = join(folder, LEAF)
  try {
    if ((await stat(path)).mode & 0o077) return null
    const text = await readFile(path, 'utf8')
    const [leaf, intermediate] = text.match(CERTIFICATE) ?? []
    const key = KEY.exec(text)?.[0]
    if (!leaf || !intermediate || !key) return null
    const certificate = new X509Certificate(leaf)
    const fits =
      certificate.checkPrivateKey(createPrivateKey(key)) &&
      certificate.verify(new X509Certificate(intermediate).publicKey)
    return fits ? { cert: leaf + intermediate, key } : null
  } catch {
    return null
  }
}

export async function writeLeaf(folder: string, leaf: Leaf, intermediate: string): Promise<Context> {
  const cert = leaf.certificate + intermediate
  await writeAtomic(join(folder, LEAF), cert + leaf.key, 0o600)
  return { cert, key: leaf.key }
}
