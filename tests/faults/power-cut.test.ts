import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import type { UploadReply } from '../../daemon/contract/api.ts'
import { violations } from '../fixtures/faults/oracle.ts'
import { createLedger, sha256, type Ledger } from '../fixtures/faults/ledger.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { NO_FSYNC, openDisk, powerTrouble, type Disk } from '../fixtures/disk/power.ts'

const trouble = powerTrouble()
const skip = trouble !== null && process.env.CI !== 'true'
if (skip) process.stderr.write(`tests/faults/power-cut.test.ts does not run: ${trouble}.\n`)

/** `npm run verify:long` cuts often enough to hit what happens once in a thousand times; `CUTS` is another number. */
const CUTS = Number(process.env.CUTS ?? (process.env.LONG_TESTS === '1' ? 1000 : 30))
/** How often one disk is cut before all on it is read again: every start reads what was there before. */
const OF_A_DISK = 200
const AT_ONCE = 3
const HOST = fileURLToPath(new URL('../fixtures/faults/host.ts', import.meta.url))

/** Nothing takes so long: what does is no answer. Milliseconds. */
const PATIENCE = 60_000

/** Something that serves a data folder until it is ended; the power is off by then. */
interface Served {
  readonly url: string
  end(): Promise<void>
}

/** A process that serves one daemon after the other: only the first has everything to read. Nothing that it does once the
 * disk is dead can reach it, so that to stop it is to end it.
 * @param env what the process sees */
function openHost(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [HOST], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  async function ask(line: string): Promise<string> {
    child.stdin.write(`${line}\n`)
    const late = AbortSignal.timeout(PATIENCE)
    const silent = once(late, 'abort').then(() => Promise.reject(new Error(`No answer to "${line}"`)))
    const { value, done } = await Promise.race([lines.next(), silent])
    if (done || value.startsWith('failed')) throw new Error(`The daemon ended at "${line}": ${value}`)
    return value
  }
  return {
    async serve(data: string): Promise<Served> {
      const [, url = ''] = (await ask(`start ${data}`)).split(' ')
      return { url, end: async () => void (await ask('stop')) }
    },
    async end() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

/** Uploads, publishes and unpublishes until the power goes after `shots` acknowledgements. */
async function shootUntilCut(
  url: string,
  disk: Disk,
  ledger: Ledger,
  shots: number,
  from: number,
): Promise<void> {
  let seed = from
  let had = 0
  let on = true
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json', origin: url }
    const signal = AbortSignal.timeout(PATIENCE)
    const reply = await fetch(url + path, { method: 'POST', headers, signal, body: JSON.stringify(body) })
    const said = (await reply.json()) as { published_as?: string }
    return on && reply.ok ? said : null
  }
  async function shoot(): Promise<void> {
    const n = (seed += 1)
    const jpeg = await makeJpeg({ seed: n, width: 120, height: 80 })
    const sha = sha256(jpeg)
    const form = new FormData()
    form.append('photo', new Blob([new Uint8Array(jpeg)]), `P_${n}.JPG`)
    ledger.ask(sha, 'buffer')
    const signal = AbortSignal.timeout(PATIENCE)
    const headers = { origin: url }
    const reply = await fetch(`${url}/api/upload`, { method: 'POST', headers, signal, body: form })
    const { success } = (await reply.json()) as UploadReply
    if (!on || success.length === 0) return
    ledger.acknowledge(sha, 'buffer')
    had += 1
    const { saved_as: filename } = success[0]!
    if (n % 2 === 0) {
      ledger.approved.add(sha)
      const published = await post('/api/publish', { filename })
      const name = published?.published_as
      if (name !== undefined) ledger.acknowledgeName(name, 'live')
      if (name !== undefined && n % 4 === 0) {
        ledger.askName(name, 'gone')
        if (await post('/api/unpublish', { filename: name })) ledger.acknowledgeName(name, 'gone')
      }
    } else if (n % 3 === 0) {
      ledger.ask(sha, 'trashed')
      if (await post('/api/reject', { filename })) ledger.acknowledge(sha, 'trashed')
    }
    if (on && had >= shots) {
      disk.cut()
      // In the same breath: nothing that is said after the cut counts.
      on = false
    }
  }
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      // What fails once the power is off is the cut's doing; what fails before is not.
      while (on)
        await shoot().catch((error: unknown) => {
          if (on) throw error
        })
    }),
  )
}

/** @param lies flushes are said to be done and are not
 * @returns how many were shot, and what was lost over that many cuts; a daemon that does not start again has lost
 * everything */
async function lostOver(cuts: number, { lies = false } = {}) {
  const host = openHost(lies ? { LD_PRELOAD: NO_FSYNC } : {})
  // Another process, which takes nothing that it finds for its own.
  const honest = openHost()
  const disk = await openDisk()
  const data = join(disk.path, 'data')
  const ledger = createLedger()
  try {
    for (let cut = 0; cut < cuts; cut += 1) {
      const served = await host.serve(data)
      if (cut === 0)
        await fetch(`${served.url}/api/cloud-settings`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: served.url },
          body: JSON.stringify({ mass_removal: 100_000 }),
        })
      try {
        await shootUntilCut(served.url, disk, ledger, 2 + ((cut * 5) % 4), cut * 1000)
      } finally {
        await served.end()
      }
      disk.restore()
    }
    const had = ledger.photos.size
    const last = await honest.serve(data).catch((error: unknown) => String(error))
    if (typeof last === 'string') return { had, lost: [last] }
    try {
      // What is lost shows at once; that nothing is half-made any more takes a while.
      if (lies) return { had, lost: await violations(data, ledger, { settled: false }) }
      return { had, lost: await lostOnceSettled(data, ledger) }
    } finally {
      await last.end()
    }
  } finally {
    await host.end()
    await honest.end()
    await disk.remove()
  }
}

async function lostOnceSettled(data: string, ledger: Ledger): Promise<string[]> {
  let lost: string[] = []
  const look = async () => {
    lost = await violations(data, ledger, { settled: true })
    expect(lost).toEqual([])
  }
  await vi.waitFor(look, { timeout: 30_000, interval: 300 }).catch(() => undefined)
  return lost
}

describe.skipIf(skip)('a power cut', () => {
  it(
    `loses nothing that was acknowledged, over ${CUTS} cuts`,
    async () => {
      let all = 0
      for (let done = 0; done < CUTS;) {
        const cuts = Math.min(OF_A_DISK, CUTS - done)
        const { had, lost } = await lostOver(cuts)
        expect(lost).toEqual([])
        done += cuts
        all += had
        if (CUTS > OF_A_DISK) process.stderr.write(`${done} cuts, ${all} photos: nothing lost\n`)
      }
      expect(all).toBeGreaterThanOrEqual(CUTS * 2)
    },
    CUTS * 60_000,
  )

  it('loses photos when flushes are lies: the control', async () => {
    const { lost } = await lostOver(1, { lies: true })
    expect(lost.length).toBeGreaterThan(0)
  }, 120_000)
})
