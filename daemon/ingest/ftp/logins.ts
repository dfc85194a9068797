import { randomInt, randomUUID } from 'node:crypto'
import { Type, type Static } from 'typebox'
import type { Catalog } from '../../catalog/catalog.ts'
import type { CameraOwn } from '../../contract/camera.ts'
import { MOST_FTP_LOGINS } from '../../contract/ftp.ts'
import { Refusal } from '../../errors.ts'
import { sameText } from '../../util/same-text.ts'
import { createListReader, readFields } from '../../util/stored.ts'
import type { CameraRegistry } from '../camera/registry.ts'

const StoredLogin = Type.Object({
  /** The camera's in the registry, and its Source's. */
  id: Type.String(),
  /** What a camera logs in as. Never given twice, so that a camera that was removed is not taken for another. */
  user: Type.String(),
  /** Eight digits, as a camera's wheel can type them; kept readable, so that the owner can look them up. */
  password: Type.String(),
  /** What comes is finished pictures, not shots. */
  retoucher: Type.Optional(Type.Boolean()),
})
/** A camera's login. */
export type FtpLogin = Readonly<Static<typeof StoredLogin>>

const Switches = Type.Object({ on: Type.Boolean(), tls_only: Type.Boolean(), given: Type.Integer() })
type Switches = Static<typeof Switches>
const OFF: Switches = { on: false, tls_only: false, given: 0 }

/** What the registry calls the model of a camera that only sends: it does not say what it is. */
export const FTP_MODEL = 'FTP'

/** Who may send by FTP, and how it is set; kept in the catalog. Of each change, `noted` is called in the transaction
 * that makes it, and `changed` after it. */
export interface FtpLogins {
  list(): FtpLogin[]
  /** What people call the login's camera, and how its clock is off. */
  cameraOf(login: Pick<FtpLogin, 'id'>): CameraOwn
  switches(): Pick<Switches, 'on' | 'tls_only'>
  change(change: Partial<Pick<Switches, 'on' | 'tls_only'>>, noted?: () => void): void
  /** Adding the first one switches the receiver on.
   * @throws Refusal 409 `too_many_ftp_cameras` */
  add(
    camera: { name: string; photographer?: string | null; retoucher?: boolean },
    noted?: (login: FtpLogin) => void,
  ): FtpLogin
  /** Gives it another password.
   * @throws Refusal 404 `no_such_camera` */
  renew(id: string, noted?: (login: FtpLogin) => void): FtpLogin
  /** Its photos, and what the registry knows of the camera, stay.
   * @throws Refusal 404 `no_such_camera` */
  remove(id: string, noted?: () => void): void
  /** Files of that camera say this serial number: those that come by card later are then known to be its own. */
  met(id: string, serial: string): void
  /** The login of that name and password; of that name alone, where the password is wrong. Takes the same time for
   * both, and for a name that nobody has. */
  check(user: string, password: string): { readonly known: FtpLogin | undefined; readonly right: boolean }
  /** @returns what ends it */
  onChange(listener: () => void): () => void
}

export function createFtpLogins(needs: {
  catalog: Pick<Catalog, 'settings' | 'transaction'>
  registry: CameraRegistry
}): FtpLogins {
  const { registry } = needs
  const { settings, transaction } = needs.catalog
  const listeners = new Set<() => void>()
  const read = createListReader(StoredLogin)
  const list = () => [...read(settings.get('ftp-logins'))]
  const switches = (): Switches => ({ ...OFF, ...readFields(Switches, settings.get('ftp')) })
  const put = (logins: readonly FtpLogin[]) => settings.set('ftp-logins', JSON.stringify(logins))
  const set = (change: Partial<Switches>) => settings.set('ftp', JSON.stringify({ ...switches(), ...change }))

  function changing<T>(work: () => T): T {
    const result = transaction(work)
    for (const listener of listeners) listener()
    return result
  }

  function find(id: string): FtpLogin {
    const login = list().find((one) => one.id === id)
    if (!login)
      throw new Refusal(404, 'no_such_camera', `There is no camera ${id} that sends by FTP.`, {
        params: { id },
      })
    return login
  }

  return {
    list,
    cameraOf: ({ id }) => registry.find(id) ?? registry.meet(id, FTP_MODEL),
    switches,
    change(change, noted) {
      changing(() => {
        set(change)
        noted?.()
      })
    },
    add({ name, photographer, retoucher = false }, noted) {
      const logins = list()
      if (logins.length >= MOST_FTP_LOGINS)
        throw new Refusal(
          409,
          'too_many_ftp_cameras',
          `At most ${MOST_FTP_LOGINS} cameras can send by FTP. Remove one that is no longer used.`,
          { params: { n: MOST_FTP_LOGINS } },
        )
      return changing(() => {
        const given = switches().given + 1
        const login: FtpLogin = {
          id: `ftp:${randomUUID().slice(0, 8)}`,
          user: `${retoucher ? 'ret' : 'cam'}${given}`,
          password: newPassword(),
          ...(retoucher && { retoucher }),
        }
        registry.meet(login.id, FTP_MODEL)
        const credit = photographer?.trim()
        registry.changeCamera(login.id, {
          name: name.trim() || login.user,
          ...(credit && { photographer: credit }),
        })
        put([...logins, login])
        set({ given, ...(logins.length === 0 && { on: true }) })
        noted?.(login)
        return login
      })
    },
    renew(id, noted) {
      const login = { ...find(id), password: newPassword() }
      return changing(() => {
        put(list().map((one) => (one.id === id ? login : one)))
        noted?.(login)
        return login
      })
    },
    remove(id, noted) {
      find(id)
      changing(() => {
        put(list().filter((one) => one.id !== id))
        noted?.()
      })
    },
    met(id, serial) {
      if (!registry.bySerial(serial)) registry.noteSerial(id, serial)
    },
    check(user, password) {
      const known = list().find((one) => one.user === user.trim().toLowerCase())
      const isSame = sameText(password.trim(), known?.password ?? '')
      return { known, right: known !== undefined && isSame }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const newPassword = () => String(randomInt(100_000_000)).padStart(8, '0')
