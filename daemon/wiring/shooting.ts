import { readFileSync } from 'node:fs'
import { Type } from 'typebox'
import { Check } from 'typebox/schema'
import { createJpegHasher } from '../darkroom/formats/jpeg-hash.ts'
import { readEnd } from '../darkroom/formats/whole.ts'
import { createCameraSettings, type CameraSettings } from '../decisions/camera-settings.ts'
import { createDemoCamera } from '../demo/demo-camera.ts'
import { createDemoPhotos } from '../demo/demo-photos.ts'
import { createDemo } from '../demo/demo-source.ts'
import { createAgain, type Again } from '../ingest/again.ts'
import { createSecure, type Secure } from '../access/tls/secure.ts'
import { reachableAt } from '../access/network.ts'
import { createTries } from '../access/tries.ts'
import { isFtpOn } from '../ingest/ftp/ftp.ts'
import { createLoginLog } from '../ingest/ftp/login-log.ts'
import { createFtpLogins, type FtpLogins } from '../ingest/ftp/logins.ts'
import { createSources, type Sources } from '../ingest/sources.ts'
import { createWatchedSetting, type WatchedSetting } from '../ingest/watched/setting.ts'
import { createPlace, type Place } from '../originals/second-copy/place.ts'
import { createSecondCopy, type SecondCopy } from '../originals/second-copy/second-copy.ts'
import { createRunning, type Running } from '../util/restartable.ts'
import type { Pictures } from './pictures.ts'
import type { Publishing } from './publishing.ts'
import type { Storage } from './storage.ts'

/** Everything that photos come from. */
export interface Shooting {
  readonly sources: Running<Sources>
  readonly again: Again
  readonly cameraSettings: CameraSettings
  readonly watchedSetting: WatchedSetting
  /** Cameras that send by FTP, and whether they may. */
  readonly ftpLogins: FtpLogins
  readonly isFtpOn: () => boolean
  /** What a connection that is no HTTPS is encrypted with; the certificate comes later. */
  readonly secure: Secure
  /** Every Original on another disk too, and which. */
  readonly secondCopy: { readonly place: Place; readonly copies: SecondCopy }
  /** This program's version. */
  readonly version: string
}

export async function buildShooting(
  storage: Storage,
  pictures: Pictures,
  publishing: Publishing,
): Promise<Shooting> {
  const { config, catalog, folders, now, stops } = storage
  const log = storage.log.child({ part: 'sources' })
  const { darkroom, announcer, warmer } = pictures
  const { registry, unattended } = publishing
  const changed = storage.statusChanged.send
  const photo = createDemoPhotos(darkroom)

  const demoCamera = config.demo === 'camera' ? createDemoCamera({ photo, now, log }) : null
  await demoCamera?.start()
  stops.push(() => demoCamera?.stop())
  const ports = () => [
    ...new Set([
      ...config.cameraPorts,
      ...[demoCamera?.port() ?? []].flat(),
      ...registry.settings().addresses.map((address) => `ptpip:${address}:15740:15740`),
    ]),
  ]

  const watchedSetting = createWatchedSetting({ catalog, fixed: config.watch, data: config.data })
  const ftpLogins = createFtpLogins({ catalog, registry })
  const secure = createSecure()
  // Apart from those of people: a camera that keeps on with an old password is nobody who guesses a code.
  const tries = createTries()
  stops.push(() => tries.stop())
  const ftp = {
    logins: ftpLogins,
    loginLog: createLoginLog({ now, changed }),
    port: config.ftpPort,
    host: config.host,
    passive: config.ftpPassive,
    hosts: () => reachableAt(config.host),
    secure: secure.context,
    tries,
  }

  const place = createPlace({
    catalog,
    data: config.data,
    watched: () => watchedSetting.list().map(({ path }) => path),
  })
  const copies = createSecondCopy({
    catalog,
    place,
    bus: storage.bus,
    changed,
    log: storage.log.child({ part: 'second copy' }),
    isTight: () => storage.room.isTight('buffer'),
  })

  const sources = createRunning(() =>
    createSources({
      catalog,
      folders: () => folders,
      inspect: darkroom.inspect,
      pictureHasher: createJpegHasher,
      isTurned: darkroom.isTurned,
      readEnd,
      announcer,
      cardRoots: config.cardRoots,
      watchedFolders: config.watch,
      moreWatched: watchedSetting.wanted,
      cameras: { on: config.camera, ports, usb: config.demo !== 'camera' },
      registry,
      ftp,
      finalArrived: publishing.decisions.finals.look,
      isOnSecondCopy: copies.has,
      secondCopyWaits: copies.waitingFrom,
      spill: { data: config.data, hasSecondCopy: () => place.target() !== null },
      more: (each) => (config.demo === true ? [createDemo({ ...each, photo, photos: catalog.photos })] : []),
      changed,
      log,
      now,
    }),
  )
  pictures.mending.start({
    copyOf: copies.fileOf,
    bring: (sha256, from) => sources.current().bring(sha256, from),
  })
  const about: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  if (!Check(Type.Object({ version: Type.String() }), about)) throw new Error('package.json has no version')
  const { version } = about
  const again = createAgain({
    catalog,
    look: () => sources.current().again(),
    show: (shown) => warmer.add(shown),
    version,
  })
  const cameraSettings = createCameraSettings({ catalog, registry, unattended, announcer })
  return {
    sources,
    again,
    cameraSettings,
    watchedSetting,
    ftpLogins,
    isFtpOn: () => isFtpOn(ftp),
    secure,
    secondCopy: { place, copies },
    version,
  }
}
