import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from 'typebox'
import type { Settings } from '../catalog/settings.ts'
import {
  PictureSettings,
  WatermarkSettings,
  type OutputSettings,
  type OverlayFile,
  type OverlayFiles,
  type OutputSettingsView,
  Mark as MarkSchema,
  type Mark,
  type Overlay,
  type PictureChange,
} from '../contract/output-settings.ts'
import { messageOf, Refusal } from '../errors.ts'
import { exists, syncFile, syncFolder, writeAtomic } from '../files.ts'
import type { Log } from '../log.ts'
import { knownFields, readStored } from '../util/stored.ts'
import {
  DEFAULT_FILES,
  DEFAULT_PICTURES,
  DEFAULT_WATERMARK,
  outputSettingsKey,
} from './output-settings-key.ts'

/** What every published picture gets after its Edit. One for the whole program: it is the photographer's, not the
 * event's. Kept in the catalog and mirrored in `config/finish.json`, from which a lost catalog takes it up again. */
export interface OutputSettingsStore {
  /** Resolves when what was changed lies in the mirror too. Never rejects. */
  settled(): Promise<void>
  watermark(): WatermarkSettings
  files(): OverlayFiles
  /** @throws Refusal 409 or 422, and then nothing has changed: no image, no text, letters that no font has, a broken
   * file */
  changeWatermark(change: Partial<WatermarkSettings>): Promise<void>
  /** Takes a picture as a file of the settings, decoded before the one before it is forgotten.
   * @throws Refusal 422 when it is no picture that can be decoded */
  setFile(which: OverlayFile, upload: string): Promise<void>
  /** @throws Refusal 409 when the mark needs it */
  removeFile(which: OverlayFile): Promise<void>
  /** Where a file of that name lies, or null when it is none of ours. */
  pathOf(name: string): string | null
  pictures(): PictureSettings
  changePictures(change: PictureChange): void
  /** @throws Refusal 409 when a file of the settings is gone: nothing is published without its watermark */
  current(): Promise<{ readonly key: string; readonly settings: OutputSettings }>
  /** The same with other settings, for a look at them; what cannot be drawn yet is left out. */
  draft(change: Partial<WatermarkSettings>): OutputSettings
  key(): string
  view(): OutputSettingsView
}

interface Stored {
  readonly watermark: WatermarkSettings
  readonly files: OverlayFiles
  readonly pictures: PictureSettings
}

const KEY = 'finish'
const words: Record<OverlayFile, string> = {
  image: 'watermark image',
  portrait_image: 'watermark image for portraits',
  frame: 'frame',
  portrait_frame: 'frame for portraits',
}

/** @param needs.folder the data folder's `config`
 *  @param needs.convert decodes a picture and writes it as a PNG; throws a Refusal
 *  @param needs.tryOut draws what output settings lay over a picture of this size; throws a Refusal */
export async function createOutputSettings(needs: {
  settings: Settings
  folder: string
  convert: (from: string, to: string) => Promise<void>
  tryOut: (settings: OutputSettings, size: { width: number; height: number }) => Promise<unknown>
  /** @param pictures sizes and limits as they are now */
  changed: (pictures: PictureSettings) => void
  log: Log
}): Promise<OutputSettingsStore> {
  const { settings, log } = needs
  const folder = join(needs.folder, 'watermark')
  const mirror = join(needs.folder, 'finish.json')
  const path = (name: string) => join(folder, name)
  const found = parse(settings.get(KEY)) ?? parse(await readFile(mirror, 'utf8').catch(() => ''))
  let stored = found ?? DEFAULTS
  let mirroring = Promise.resolve()

  function keep(next: Stored): void {
    stored = next
    settings.set(KEY, JSON.stringify(next))
    mirroring = mirroring
      .then(() => mkdir(needs.folder, { recursive: true }))
      .then(() => writeAtomic(mirror, JSON.stringify(stored, null, 2)))
      .catch((error: unknown) => log.warn(`${mirror} could not be written: ${messageOf(error)}`))
    needs.changed(stored.pictures)
  }

  function settingsOf({ watermark, files, pictures }: Stored): OutputSettings {
    const { cache_limit_mb: _, ...rest } = pictures
    const { enabled, portrait, frame_fit: fit, ...mark } = watermark
    const overlay = (one: Mark, image: string | null, frame: string | null): Overlay | null =>
      enabled || frame
        ? {
            mark: enabled ? { ...one, image: one.type === 'image' ? image && path(image) : null } : null,
            frame: frame === null ? null : { path: path(frame), fit },
          }
        : null
    return {
      ...rest,
      landscape: overlay(mark, files.image, files.frame),
      portrait: overlay(
        portrait ?? mark,
        portrait ? (files.portrait_image ?? files.image) : files.image,
        files.portrait_frame ?? files.frame,
      ),
    }
  }

  /** @throws Refusal saying what is missing */
  async function check(settings: OutputSettings): Promise<void> {
    for (const overlay of [settings.landscape, settings.portrait]) {
      if (!overlay) continue
      const { mark, frame } = overlay
      if (mark?.type === 'image' && mark.image === null)
        throw new Refusal(409, 'no_watermark_image', 'There is no watermark image yet. Upload one first.')
      if (mark?.type === 'text' && mark.text.trim() === '')
        throw new Refusal(422, 'no_watermark_text', 'The watermark has no text.')
      for (const file of [mark?.image, frame?.path])
        if (file && !(await exists(file)))
          throw new Refusal(
            409,
            'watermark_missing',
            'The file of the watermark or frame is missing. Upload it again or switch it off; nothing is published without it.',
          )
    }
  }

  /** Broken files show only when they are drawn. */
  async function proved(next: Stored): Promise<Stored> {
    const settings = settingsOf(next)
    await check(settings)
    if (settings.landscape) await needs.tryOut(settings, { width: 1600, height: 1067 })
    if (settings.portrait) await needs.tryOut(settings, { width: 1067, height: 1600 })
    return next
  }

  /** Files that the settings no longer name, at the start: a publish under way may still need the one before. Where the
   * settings themselves were lost, nothing is known of any file, and none is removed. */
  async function tidy(): Promise<void> {
    const used = new Set(Object.values(stored.files))
    for (const name of await readdir(folder).catch(() => []))
      if (!used.has(name)) await rm(path(name), { force: true })
  }
  if (found) await tidy()

  return {
    settled: () => mirroring,
    watermark: () => stored.watermark,
    files: () => stored.files,
    async changeWatermark(change) {
      keep(await proved({ ...stored, watermark: { ...stored.watermark, ...change } }))
    },
    async setFile(which, upload) {
      await mkdir(folder, { recursive: true })
      const part = path(`.${randomUUID()}.part`)
      try {
        await needs.convert(upload, part)
        await syncFile(part)
        const hash = createHash('sha256').update(await readFile(part))
        const name = `${which.replace('_', '-')}-${hash.digest('hex').slice(0, 16)}.png`
        // The name says what is in it: a file of that name is the same, or a broken one that this repairs.
        await rename(part, path(name))
        await syncFolder(folder)
        keep(await proved({ ...stored, files: { ...stored.files, [which]: name } }))
      } finally {
        await rm(part, { force: true })
      }
    },
    async removeFile(which) {
      const next = { ...stored, files: { ...stored.files, [which]: null } }
      await check(settingsOf(next)).catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.code !== 'no_watermark_image') throw error
        throw new Refusal(
          409,
          'file_in_use',
          `The ${words[which]} is in use. Switch the watermark off first.`,
        )
      })
      keep(next)
    },
    pathOf: (name) => (Object.values(stored.files).includes(name) ? path(name) : null),
    pictures: () => stored.pictures,
    changePictures(change) {
      const { web, thumb, full, ...plain } = change
      const before = stored.pictures
      const pictures = {
        ...before,
        ...plain,
        web: { ...before.web, ...web },
        thumb: { ...before.thumb, ...thumb },
        full: { ...before.full, ...full },
      }
      keep({ ...stored, pictures })
    },
    async current() {
      const settings = settingsOf(stored)
      const key = outputSettingsKey(settings)
      await check(settings)
      return { key, settings }
    },
    draft(change) {
      const settings = settingsOf({ ...stored, watermark: { ...stored.watermark, ...change } })
      const drawable = (overlay: Overlay | null): Overlay | null => {
        const mark = overlay?.mark
        const empty = mark && (mark.type === 'image' ? mark.image === null : mark.text.trim() === '')
        return overlay && empty ? { ...overlay, mark: null } : overlay
      }
      return { ...settings, landscape: drawable(settings.landscape), portrait: drawable(settings.portrait) }
    },
    key: () => outputSettingsKey(settingsOf(stored)),
    view() {
      const settings = settingsOf(stored)
      return {
        key: outputSettingsKey(settings),
        landscape: settings.landscape !== null,
        portrait: settings.portrait !== null,
        web_size: settings.web.size,
      }
    },
  }
}

const Files = Type.Object({
  image: Type.Union([Type.String(), Type.Null()]),
  portrait_image: Type.Union([Type.String(), Type.Null()]),
  frame: Type.Union([Type.String(), Type.Null()]),
  portrait_frame: Type.Union([Type.String(), Type.Null()]),
})
/** Each part is looked at field by field: a setting that a newer version added has its default in what an older one
 * wrote. */
const Parts = Type.Object({
  watermark: Type.Partial(Type.Object({ portrait: Type.Unknown() })),
  files: Type.Unknown(),
  pictures: Type.Partial(Type.Object({ web: Type.Unknown(), thumb: Type.Unknown(), full: Type.Unknown() })),
})

/** A mark of portraits' own stays one, also where it lacks a field that came later. */
function portraitOf(stored: unknown): Mark | null {
  if (typeof stored !== 'object' || stored === null) return null
  const { enabled: _, portrait: __, frame_fit: ___, ...usual } = DEFAULT_WATERMARK
  return { ...usual, ...knownFields(MarkSchema, stored) }
}

/** @returns null where nothing was stored, or nothing that can be read */
function parse(json: string | undefined): Stored | null {
  const found = readStored(Type.Partial(Parts), json)
  if (!found) return null
  const { web, thumb, full } = PictureSettings.properties
  return {
    watermark: {
      ...DEFAULT_WATERMARK,
      ...knownFields(WatermarkSettings, found.watermark),
      portrait: portraitOf(found.watermark?.portrait),
    },
    files: { ...DEFAULT_FILES, ...knownFields(Files, found.files) },
    pictures: {
      ...DEFAULT_PICTURES,
      ...knownFields(PictureSettings, found.pictures),
      web: { ...DEFAULT_PICTURES.web, ...knownFields(web, found.pictures?.web) },
      thumb: { ...DEFAULT_PICTURES.thumb, ...knownFields(thumb, found.pictures?.thumb) },
      full: { ...DEFAULT_PICTURES.full, ...knownFields(full, found.pictures?.full) },
    },
  }
}

const DEFAULTS: Stored = {
  watermark: DEFAULT_WATERMARK,
  files: DEFAULT_FILES,
  pictures: DEFAULT_PICTURES,
}
