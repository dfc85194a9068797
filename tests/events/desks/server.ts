import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { onTestFinished, type TestContext } from 'vitest'
import type { Desk } from '../../../daemon/events/desks/settings.ts'
import { hasVsftpd, startVsftpd } from '../../../scripts/bench/vsftpd.ts'

export const PASSWORD = 'pa55-of-the-desk'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

type Settings = Readonly<Record<string, string | number>>

/** A desk's server that can be cut off and come back: vsftpd, as Debian has it.
 * @param folder which is removed by the test */
export async function openServer(context: TestContext, folder: string) {
  if (!hasVsftpd()) {
    if (process.env.CI === 'true')
      throw new Error('This test may not be skipped here: no vsftpd, or not root')
    context.skip('NOT TESTED: sending to a desk (vsftpd is not there, or this is not root)')
  }
  const port = await freePort()
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'passwords'), `${PASSWORD}\n`)
  const log = join(folder, 'vsftpd.log')
  const pub = join(folder, 'root', 'pub')
  const usual: Settings = {
    no_anon_password: 'NO', secure_email_list_enable: 'YES', email_password_file: join(folder, 'passwords'),
    anon_other_write_enable: 'YES', xferlog_enable: 'YES', log_ftp_protocol: 'YES', vsftpd_log_file: log,
  } // prettier-ignore
  let running: Awaited<ReturnType<typeof startVsftpd>> | null = null
  const stop = async () => {
    await running?.stop()
    running = null
  }
  onTestFinished(stop)
  const desk: Desk = {
    id: 'd1', name: 'Paper', host: '127.0.0.1', port, user: 'anonymous', password: PASSWORD,
    security: 'plain', folder: 'pub', size: 'web', when: 'published',
  } // prettier-ignore
  return {
    desk,
    pub,
    async start(more: Settings = {}) {
      running = await startVsftpd(folder, port, { ...usual, ...more })
    },
    stop,
    files: async () => (await readdir(pub)).toSorted(),
    /** How often a command came, so far. */
    async asked(command: string) {
      const lines = (await readFile(log, 'utf8').catch(() => '')).split('\n')
      return lines.filter((line) => line.includes(`"${command} `)).length
    },
  }
}
export type DeskServer = Awaited<ReturnType<typeof openServer>>
