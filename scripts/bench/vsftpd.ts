import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const PROGRAM = '/usr/sbin/vsftpd'

/** Whether it can be measured against: it is installed, and may take the user under which it stores files. */
export const hasVsftpd = () => existsSync(PROGRAM) && process.getuid?.() === 0

/** vsftpd, as it stands, on a folder of its own.
 * @param folder holds its settings and, in `root/pub`, what it stores
 * @param more settings that go before ours */
export async function startVsftpd(
  folder: string,
  port: number,
  more: Readonly<Record<string, string | number>> = {},
): Promise<{ url: string; stop(): Promise<void> }> {
  const root = join(folder, 'root')
  await mkdir(join(folder, 'empty'), { recursive: true })
  await mkdir(join(root, 'pub'), { recursive: true })
  // The user under which it stores files has to get there.
  await chmod(folder, 0o755)
  await chmod(root, 0o555)
  await chmod(join(root, 'pub'), 0o777)
  const settings = {
    listen: 'YES', listen_address: '127.0.0.1', listen_port: port, background: 'NO', anonymous_enable: 'YES',
    no_anon_password: 'YES', anon_root: root, write_enable: 'YES', anon_upload_enable: 'YES', anon_umask: '022',
    ftp_username: 'daemon', secure_chroot_dir: join(folder, 'empty'), seccomp_sandbox: 'NO', xferlog_enable: 'NO',
    ...more,
  } // prettier-ignore
  const file = join(folder, 'vsftpd.conf')
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(file, lines.join(''))
  const child = spawn(PROGRAM, [file], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  for (let n = 0; n < 100 && !(await answers(port)); n += 1) await wait(50)
  return {
    url: `ftp://127.0.0.1:${port}/pub/`,
    async stop() {
      const sessions = child.pid === undefined ? [] : await below(child.pid)
      child.kill('SIGKILL')
      for (const pid of sessions) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // It ended by itself.
        }
      }
      await ended
    },
  }
}

/** Its sessions are processes of their own, which live on without it. */
async function below(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  const own = text.split(' ').filter(Boolean).map(Number)
  return [...own, ...(await Promise.all(own.map(below))).flat()]
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
