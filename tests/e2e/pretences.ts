import type { FolderStatus, SourceStatus, Status } from '../../daemon/contract/status.ts'
import type { JobView } from '../../daemon/contract/job.ts'

/** False statuses for pages, to bring them into states that are rare. */

/** In place of the service worker, one that finds a new version on demand. */
export function scriptedWorker() {
  const watching: (() => void)[] = []
  const registration = {
    waiting: null,
    installing: null as object | null,
    addEventListener: (_: string, listener: () => void) => watching.push(listener),
    update: () => Promise.resolve(),
    unregister: () => Promise.resolve(true),
  }
  Object.defineProperty(navigator, 'serviceWorker', {
    value: {
      controller: {},
      addEventListener: () => undefined,
      register: () => Promise.resolve(registration),
    },
  })
  Object.assign(window, {
    findNewVersion() {
      const installed = { state: 'installed', addEventListener: (_: string, done: () => void) => done() }
      registration.installing = installed
      for (const listener of watching) listener()
    },
  })
}

export const CAMERA = {
  camera_id: 'camera:1',
  name: '婚禮紀錄 Canon EOS R5 Mark II',
  seconds: 20,
  waiting: 3,
}
const source = (id: string, label: string, more: Partial<SourceStatus>): SourceStatus => ({
  id,
  kind: 'card',
  label,
  state: 'done',
  total: 0,
  done: 0,
  bytes_total: 0,
  bytes_done: 0,
  safe_to_eject: false,
  offer: null,
  message: null,
  ...more,
})
const OFFER = { count: 214, bytes: 2.1e9, from: '2026-05-01T10:00:00Z', to: '2026-05-02T10:00:00Z' }
export const CARDS = [
  source('card:1', 'EOS_DIGITAL', { state: 'copying', total: 412, done: 57, bytes_total: 4.1e9 }),
  source('card:2', 'NIKON Z 8', {
    safe_to_eject: true,
    deleted: ['IMG_0003.JPG', 'IMG_0004.JPG'],
    total: 80,
    done: 80,
  }),
  source('card:3', 'LEICA', { state: 'away', total: 30, done: 12, bytes_total: 3e8 }),
  source('card:4', 'Untitled', { state: 'waiting', offer: OFFER }),
]
export const withFolders = (status: Status, change: Partial<FolderStatus>): Status => ({
  ...status,
  folders: status.folders.map((folder, n) => (n % 2 === 0 ? { ...folder, ...change } : folder)),
})

/** A job of another device that is at work on many photos. */
export const jobOf = (id: string, state: JobView['state'], more: Partial<JobView>): JobView => ({
  id,
  kind: 'publish',
  state,
  reason: null,
  total: 240,
  done: 87,
  failed: 0,
  cancelled: 0,
  failures: [],
  by: 'someone',
  name: 'Mei’s iPad',
  action: `a-${id}`,
  at: new Date().toISOString(),
  ...more,
})
