import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHECKS, type DoctorReply } from '../../../daemon/contract/doctor.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
beforeAll(async () => {
  daemon = await startDaemon()
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1 }))
})
afterAll(() => daemon.end())

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const run = (...args: string[]) =>
  new Promise<{ code: number; out: string; said: string }>((resolve) => {
    const command = [join(ROOT, 'scripts/doctor.ts'), ...args]
    const child = execFile(process.execPath, command, (_, out, said) =>
      resolve({ code: child.exitCode ?? -1, out, said }),
    )
  })
/** What belongs to the data folder and this program; the rest is the machine's that runs this test. */
const OURS = new Set<string>([
  'data',
  'catalog',
  'folders',
  'permissions',
  'node',
  'fonts',
  'ports',
  'bucket',
])
const ours = ({ checks }: DoctorReply) => checks.filter(({ name }) => OURS.has(name))

test('the running daemon looks at everything, finds nothing wrong with itself, and leaves nothing behind', async () => {
  const listing = () => readdir(join(daemon.data, 'photos_buffer'))
  // What was done before is written beside the photos a moment later.
  await expect.poll(listing).toContain('.lep-journal.jsonl')
  const before = await listing()
  const { status, body } = await daemon.post('/api/doctor')
  expect(status).toBe(200)
  const reply = body as DoctorReply
  expect([...new Set(reply.checks.map(({ name }) => name))]).toEqual(CHECKS)
  expect(ours(reply).map(({ name, state }) => [name, state])).toEqual(
    CHECKS.filter((name) => OURS.has(name)).map((name) => [name, 'ok']),
  )
  expect(reply.ok).toBe(reply.checks.every(({ state }) => state !== 'bad'))
  expect(await listing()).toEqual(before)
  expect((await daemon.get('/api/buffer')).body.images).toHaveLength(1)
  expect((await daemon.get('/api/status')).body.set_aside_total).toBe(0)
})

test('the command asks the daemon of its data folder, and tells one of another folder apart', async () => {
  const { port } = new URL(daemon.url)
  const [asked, other, unreached] = await Promise.all([
    run('--data', daemon.data, '--port', port, '--json'),
    run('--data', join(daemon.data, 'none'), '--port', port, '--json'),
    run('--data', daemon.data, '--port', '1', '--json'),
  ])
  const reply = JSON.parse(asked.out) as DoctorReply
  expect(asked.code).toBe(reply.ok ? 0 : 1)
  // Only the running program measures the disk.
  expect(reply.checks.find(({ name }) => name === 'disk_speed')?.code).not.toBe('doctor_speed_unseen')
  expect(ours(reply).filter(({ state }) => state !== 'ok')).toEqual([])

  const seen = JSON.parse(other.out) as DoctorReply
  const of = (name: string) => seen.checks.find((one) => one.name === name)?.code
  expect([of('data'), of('ports'), other.code]).toEqual(['doctor_data_new', 'doctor_port_taken', 1])

  const elsewhere = JSON.parse(unreached.out) as DoctorReply
  expect(elsewhere.checks.find(({ name }) => name === 'data')?.code).toBe('doctor_data_in_use')
})

test('a file in place of the data folder is a finding; what is asked wrongly is refused', async () => {
  const [file, wrong] = await Promise.all([
    run('--data', join(daemon.data, 'catalog.db'), '--port', '1', '--json'),
    run('--nonsense'),
  ])
  const [first] = (JSON.parse(file.out) as DoctorReply).checks
  expect(first).toMatchObject({ code: 'doctor_data_file', state: 'bad' })
  expect([file.code, wrong.code, wrong.out]).toEqual([1, 2, ''])
})
