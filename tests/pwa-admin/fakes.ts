import { createPinia, setActivePinia, type Pinia } from 'pinia'
import { createApp } from 'vue'
import type { CameraReadouts, CameraView } from '../../daemon/contract/camera.ts'
import type { FtpCamera, FtpStatus } from '../../daemon/contract/ftp.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import type { PublicationView } from '../../daemon/contract/publication.ts'
import type { Status } from '../../daemon/contract/status.ts'
import type { Api } from '../../pwa-admin/connection/api.ts'
import { needsKey } from '../../pwa-admin/connection/needs.ts'

export function photo(id: string, timestamp: number, more: Partial<PhotoView> = {}): PhotoView {
  return {
    filename: `${id}.jpg`,
    timestamp,
    time_str: '12:00:00',
    size_kb: 1,
    published_count: 0,
    unpublished_count: 0,
    id,
    width: 3000,
    height: 2000,
    tile: `/media/${id}/tile`,
    preview: `/media/${id}/preview`,
    thumbnail: `/media/${id}/thumbnail.jpg`,
    edit: NEUTRAL,
    state: 'buffer',
    raw: null,
    camera: null,
    marked: false,
    camera_id: null,
    live: [],
    rating: 0,
    pick: false,
    seen: false,
    ...more,
  }
}

export function publication(of: PhotoView, filename: string, timestamp: number): PublicationView {
  const { time_str, size_kb, width, height, tile, preview, edit } = of
  return {
    filename,
    timestamp,
    place: timestamp,
    time_str,
    size_kb,
    published_count: 1,
    unpublished_count: 0,
    id: filename,
    photo_id: of.id,
    original: of.filename,
    width,
    height,
    tile,
    preview,
    edit,
    finish: '',
    state: 'live',
  }
}

export function status(more: Partial<Status> = {}): Status {
  return {
    version: '0',
    started_at: '2026-01-01T00:00:00Z',
    event: {
      slug: 'a',
      title: 'A',
      subtitle: '',
      date: '2026-01-01',
      starts_at: '2026-01-01T00:00:00Z',
      state: 'open',
      prefix: 'a',
      visibility: 'front',
      ends_at: null,
      hero_image_url: null,
    },
    counts: { buffer: 0, archived: 0, trashed: 0, live: 0 },
    camera: { state: 'off', reason: '', cameras: [] },
    sources: [],
    set_aside: [],
    set_aside_total: 0,
    folders: [],
    darkroom: { waiting: 0, running: 0, replaced: 0 },
    sync: { store: 'folder', waiting: 0, waiting_bytes: 0, trouble: null, code: null, gone: [] },
    hold_seconds: 0,
    mass_removal: null,
    public_url: null,
    finish: { key: '', landscape: false, portrait: false, web_size: 2048 },
    clients: 1,
    gallery_urls: [],
    admin_urls: [],
    connect: {
      name: 'mac.local',
      addresses: [],
      port: 8000,
      https: { state: 'off', origins: [], code: null, message: null, ends: null, root: null },
      discovery: { state: 'off', message: null },
      public_tested: false,
    },
    warnings: [],
    ...more,
  }
}

export const READOUTS: CameraReadouts = {
  battery: 80,
  lens: 'RF 50mm F1.2 L USM',
  mode: 'M',
  iso: '800',
  aperture: 'f/2.8',
  shutter: '1/250',
  shots_left: 812,
  capture_target: 'card',
  card_free_bytes: 40e9,
  card_bytes: 64e9,
  card_images: 900,
}

export function camera(more: Partial<CameraView> = {}): CameraView {
  return {
    id: 'camera:1',
    model: 'Canon EOS R5',
    name: 'Ceremony',
    colour: 'sky',
    offset_seconds: 0,
    serial: '0123',
    connection: 'usb',
    state: 'connected',
    trouble: null,
    total: 0,
    done: 0,
    readouts: READOUTS,
    can_shoot: true,
    last_frame_at: null,
    ...more,
  }
}

export function ftpCamera(more: Partial<FtpCamera> = {}): FtpCamera {
  return {
    id: 'ftp:1',
    user: 'cam1',
    name: 'Aisle',
    colour: 'rose',
    photographer: 'Ana Lima',
    offset_seconds: 0,
    state: 'new',
    connections: 0,
    tls: null,
    last_login_at: null,
    last_frame_at: null,
    frames: 0,
    receiving: 0,
    unfinished: 0,
    failed: null,
    ...more,
  }
}

export function ftpReceiver(more: Partial<FtpStatus> = {}): FtpStatus {
  return {
    state: 'on',
    trouble: null,
    fixed: false,
    hosts: ['192.168.1.5'],
    port: 2121,
    passive: { from: 50_000, to: 50_050 },
    tls: true,
    tls_only: false,
    cameras: [],
    stranger: null,
    ...more,
  }
}

export interface Clock {
  at: number
}

/** Stores on a literal api; calls that a test did not give an answer for reject. */
export function stores(api: Partial<Api>, clock: Clock = { at: 0 }): Pinia {
  const app = createApp({ render: () => null })
  const pinia = createPinia()
  app.use(pinia)
  const absent = new Proxy(api, {
    get: (given, name: keyof Api) => given[name] ?? (() => Promise.reject(new Error(`fake api: ${name}`))),
  })
  app.provide(needsKey, { api: absent as Api, now: () => clock.at, reconnect: () => undefined })
  setActivePinia(pinia)
  return pinia
}

export function deferred<T>() {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** Lets every promise that can go on go on. */
export const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0))
