import { createTries } from '../../../daemon/access/tries.ts'
import type { Catalog } from '../../../daemon/catalog/catalog.ts'
import { createCameraRegistry } from '../../../daemon/ingest/camera/registry.ts'
import type { FtpOptions } from '../../../daemon/ingest/ftp/ftp.ts'
import { createLoginLog } from '../../../daemon/ingest/ftp/login-log.ts'
import { createFtpLogins, type FtpLogin } from '../../../daemon/ingest/ftp/logins.ts'
import { openFtp, type FtpClient } from '../../fixtures/ftp/client.ts'
import { freePorts } from '../../fixtures/network/ports.ts'
import type { World } from '../world.ts'

/** A receiver over a World, with one camera that may send. */
export interface FtpRig {
  readonly port: number
  readonly login: FtpLogin
  readonly options: FtpOptions
  readonly sources: ReturnType<World['sources']>
  /** A client that has logged in. @param local the address that it comes from */
  client(local?: string): Promise<FtpClient>
  /** One that did not. */
  stranger(local?: string): Promise<FtpClient>
  close(): void
}

/** Ports for data. */
const PASSIVE = 8

export async function ftpOptions(
  catalog: Catalog,
  port: number,
  change: Partial<FtpOptions> = {},
): Promise<FtpOptions> {
  const registry = createCameraRegistry(catalog.settings)
  return {
    logins: createFtpLogins({ catalog, registry }),
    loginLog: createLoginLog({ now: Date.now, changed: () => undefined }),
    port,
    host: '127.0.0.1',
    passive: { from: port + 1, to: port + PASSIVE },
    hosts: () => ['127.0.0.1'],
    secure: () => null,
    tries: createTries(),
    ...change,
  }
}

export async function openRig(world: World, change: Partial<FtpOptions> = {}): Promise<FtpRig> {
  const port = await freePorts(PASSIVE + 1)
  const options = await ftpOptions(world.catalog, port, change)
  const login = options.logins.add({ name: 'Camera 2', photographer: 'Ann' })
  const sources = world.sources({ ftp: options })
  await sources.start()
  const clients: FtpClient[] = []
  async function stranger(local?: string): Promise<FtpClient> {
    const client = await openFtp(port, options.host, local)
    clients.push(client)
    return client
  }
  return {
    port,
    login,
    options,
    sources,
    stranger,
    async client(local) {
      const client = await stranger(local)
      const { code } = await client.login(login.user, login.password)
      if (code !== 230) throw new Error(`The login was answered ${code}`)
      return client
    },
    close() {
      for (const client of clients) client.close()
    },
  }
}
