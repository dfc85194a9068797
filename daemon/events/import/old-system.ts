import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { Type, type Static } from 'typebox'
import { MARK_POSITIONS, type WatermarkSettings } from '../../contract/output-settings.ts'
import { FONT_SIZES, type EventSettings } from '../../contract/settings.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { FOLDER_ROLES, type FolderPaths, type FolderRole } from '../../folders.ts'
import { familyOf, pixelsOf } from '../../util/css-fonts.ts'
import { knownFields, readStored } from '../../util/stored.ts'

/** How often each name was published and taken out, as the previous system counted: publishing by the photo's name,
 * taking out by the public one. */
export type OldHistory = ReadonlyMap<string, { readonly published: number; readonly unpublished: number }>

/** The folder of the previous system: one event. */
export interface OldSystem {
  /** Where its photos lie: as its settings say, where that is there, else in the folder itself. */
  readonly folders: FolderPaths
  /** Below which its files lie in the bucket. */
  readonly prefix: string
  readonly settings: Partial<EventSettings>
  /** The file of its uploaded cover, or null. */
  readonly cover: string | null
  readonly watermark: Partial<WatermarkSettings> | null
  readonly watermarkImage: string | null
  readonly history: OldHistory
  /** Public names, newest first, as its list has them; null where there is none that can be read. */
  readonly order: readonly string[] | null
  /** What was found to be otherwise than expected, in plain sentences. */
  readonly notes: readonly string[]
}

/** What that system published under when nothing else was set. */
const USUAL_PREFIX = '2026-01-20'

const Text = Type.String()
const Size = Type.Union([Type.Number(), Type.String()])
const Paths = Type.Object({ buffer_folder: Text, web_folder: Text, trash_folder: Text, archive_folder: Text })
const Config = Type.Object({
  ...Paths.properties,
  history_file: Text,
  r2_path_prefix: Text,
  processing: Type.Unknown(),
})
const Processing = Type.Object({ watermark: Type.Unknown() })
const Watermark = Type.Object({
  enabled: Type.Boolean(),
  type: Text,
  image_path: Text,
  text: Text,
  text_font_size: Type.Number(),
  text_color: Type.Array(Type.Number(), { minItems: 3, maxItems: 4 }),
  position: Text,
  opacity: Type.Number(),
  scale_percentage: Type.Number(),
  margin: Type.Number(),
})
const Settings = Type.Object({
  event_title: Text,
  event_subtitle: Text,
  hero_image_url: Text,
  hero_image_uploaded: Text,
  title_font_family: Text,
  title_font_size: Size,
  subtitle_font_family: Text,
  subtitle_font_size: Size,
})
const Json = Type.Record(Text, Type.Unknown())
const Counts = Type.Object({
  published: Type.Integer({ minimum: 0 }),
  unpublished: Type.Integer({ minimum: 0 }),
})

/** Reads the settings, the counts and the list of a folder of the previous system. Photos are not looked at.
 * @throws Refusal 404 `import_no_folder`, 422 `import_not_one` when nothing in it is that system's */
export async function readOldSystem(folder: string): Promise<OldSystem> {
  const notes: string[] = []
  if (!(await isFolder(folder)))
    throw new Refusal(404, 'import_no_folder', `There is no folder ${folder}.`, { params: { folder } })

  /** Its settings lay beside the program first, and in `config/` later. */
  async function readFirst(names: readonly string[]): Promise<Record<string, unknown>> {
    for (const name of names) {
      const text = await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
        if (errnoOf(error) !== 'ENOENT') notes.push(`${name} could not be read (${errnoOf(error) ?? ''}).`)
        return undefined
      })
      if (text === undefined) continue
      const found = readStored(Json, text.replace(/^\uFEFF/, ''))
      if (found) return found
      notes.push(`${name} is no JSON that can be read; it was left out.`)
    }
    return {}
  }
  const config = knownFields(Config, await readFirst(['config/config.json', 'config.json']))
  const event = knownFields(Settings, await readFirst(['config/event_settings.json', 'event_settings.json']))
  const historyFile = config.history_file ?? 'history.json'
  const history = await readFirst([...new Set([historyFile, 'history.json', 'config/history.json'])])
  const folders = await foldersOf(folder, config, notes)
  const own = await Promise.all(FOLDER_ROLES.map((role) => isFolder(folders[role])))
  if (!own.includes(true))
    throw new Refusal(
      422,
      'import_not_one',
      `${folder} is no folder of the previous system: it has neither photos_buffer nor photos_web.`,
      { params: { folder } },
    )
  const processing = knownFields(Processing, config.processing)
  const mark = knownFields(Watermark, processing.watermark)
  const order = await readFile(join(folders.web, 'manifest.json'), 'utf8').catch(() => undefined)
  return {
    folders,
    prefix: config.r2_path_prefix?.replace(/^\/+|\/+$/g, '') || USUAL_PREFIX,
    settings: settingsOf(event),
    cover: await coverOf(folder, event, notes),
    watermark: processing.watermark === undefined ? null : watermarkOf(mark),
    watermarkImage: mark.image_path === undefined ? null : await fileIn(folder, mark.image_path),
    history: new Map(
      Object.entries(history).flatMap(([name, counts]) => {
        const { published = 0, unpublished = 0 } = knownFields(Counts, counts)
        return published + unpublished > 0 ? [[name, { published, unpublished }] as const] : []
      }),
    ),
    order: readStored(Type.Array(Text), order) ?? null,
    notes,
  }
}

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

async function fileIn(folder: string, path: string): Promise<string | null> {
  for (const one of [resolve(folder, path), join(folder, 'assets', basename(path))])
    if (
      await stat(one).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return one
  return null
}

async function foldersOf(
  folder: string,
  config: Partial<Static<typeof Paths>>,
  notes: string[],
): Promise<FolderPaths> {
  const pathOf = async (role: Exclude<FolderRole, 'finals'>) => {
    const usual = join(folder, `photos_${role}`)
    const given = config[`${role}_folder`]
    if (given === undefined || given === '') return usual
    const path = isAbsolute(given) ? given : resolve(folder, given)
    if (path === usual || (await isFolder(path))) return path
    if (await isFolder(usual))
      notes.push(`The ${role} folder of its settings, ${path}, is not there; ${usual} was read.`)
    // An empty place says nothing of photos that lie on a disk which is not here.
    else
      notes.push(`The ${role} folder of its settings, ${path}, is not there: its photos are not taken over.`)
    return usual
  }
  const [buffer, web, trash, archive] = await Promise.all(
    (['buffer', 'web', 'trash', 'archive'] as const).map(pathOf),
  )
  return {
    buffer: buffer!,
    web: web!,
    trash: trash!,
    archive: archive!,
    finals: join(folder, 'photos_finals'),
  }
}

async function coverOf(folder: string, event: Partial<Static<typeof Settings>>, notes: string[]) {
  const { hero_image_uploaded: uploaded, hero_image_url: url } = event
  if (uploaded) {
    const file = await fileIn(folder, join('assets', basename(uploaded)))
    if (file === null) notes.push(`Its cover ${uploaded} is not there. Choose one under More > Event.`)
    return file
  }
  // Nothing is fetched from the internet without somebody asking for it.
  if (url) notes.push(`Its cover is the address ${url}. Enter it under More > Event to have it fetched.`)
  return null
}

function settingsOf(event: Partial<Static<typeof Settings>>): Partial<EventSettings> {
  const size = (value: number | string | undefined) => {
    const pixels = value === undefined ? null : pixelsOf(value, FONT_SIZES.minimum, FONT_SIZES.maximum)
    return pixels === null
      ? null
      : Math.min(FONT_SIZES.maximum, Math.max(FONT_SIZES.minimum, Math.round(pixels)))
  }
  const [title, subtitle] = [size(event.title_font_size), size(event.subtitle_font_size)]
  return {
    ...(event.event_title !== undefined && { event_title: event.event_title.trim().slice(0, 200) }),
    ...(event.event_subtitle !== undefined && { event_subtitle: event.event_subtitle.trim().slice(0, 300) }),
    ...(event.title_font_family !== undefined && { title_font_family: familyOf(event.title_font_family) }),
    ...(event.subtitle_font_family !== undefined && {
      subtitle_font_family: familyOf(event.subtitle_font_family),
    }),
    ...(title !== null && { title_font_size: title }),
    ...(subtitle !== null && { subtitle_font_size: subtitle }),
  }
}

function watermarkOf(mark: Partial<Static<typeof Watermark>>): Partial<WatermarkSettings> {
  const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value))
  const position = MARK_POSITIONS.find((one) => one === mark.position)
  const [r = 255, g = 255, b = 255, a = 255] = (mark.text_color ?? []).map((one) =>
    within(Math.round(one), 0, 255),
  )
  return {
    enabled: mark.enabled ?? true,
    type: mark.type === 'text' ? 'text' : 'image',
    ...(mark.text !== undefined && { text: mark.text.trim().slice(0, 200) }),
    ...(mark.text_font_size !== undefined && { text_font_size: within(mark.text_font_size, 6, 400) }),
    ...(mark.text_color !== undefined && { text_color: [r, g, b, a] }),
    ...(position !== undefined && { position }),
    ...(mark.opacity !== undefined && { opacity: within(mark.opacity, 0, 1) }),
    ...(mark.scale_percentage !== undefined && { scale_percentage: within(mark.scale_percentage, 1, 100) }),
    ...(mark.margin !== undefined && { margin: within(mark.margin, 0, 400) }),
  }
}

/** Names of a folder, oldest change first; those of a folder that is not there are none. */
export async function namesIn(
  folder: string,
): Promise<{ name: string; modifiedAt: number; isFile: boolean }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return []
    throw error
  })
  const all = await Promise.all(
    entries.map(async (entry) => {
      const found = await stat(join(folder, entry.name)).catch(() => null)
      return { name: entry.name, modifiedAt: found?.mtimeMs ?? 0, isFile: entry.isFile() }
    }),
  )
  return all.toSorted((a, b) => a.modifiedAt - b.modifiedAt || (a.name < b.name ? -1 : 1))
}
