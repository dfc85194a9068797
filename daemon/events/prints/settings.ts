import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Type, type Static } from 'typebox'
import { PrintSettings } from '../../contract/prints.ts'
import { writeAtomic } from '../../files.ts'
import { readStored } from '../../util/stored.ts'

const Stored = Type.Object({
  ...PrintSettings.properties,
  /** The disk that the folder was on when it was chosen: where that is mounted. */
  mount: Type.String(),
  /** Tells what this computer has on its way from what another has there. */
  mark: Type.String({ pattern: '^[0-9a-f]+$' }),
})
export type StoredPrintSettings = Readonly<Static<typeof Stored>>

const DEFAULTS = {
  to: 'off',
  folder: '',
  queue: '',
  options: 'fit-to-page',
  width_mm: 100,
  height_mm: 150,
  dpi: 300,
  fit: 'fill',
  turn: 'photo',
  watermark: true,
  mount: '/',
} as const

/** Where prints of this computer go, and how they look: its own, like the printer. */
export interface PrintFile {
  get(): StoredPrintSettings
  set(settings: StoredPrintSettings): Promise<void>
}

/** @param path `<data>/config/print.json`; what is not there, or damaged, means that nothing is printed */
export function openPrintFile(path: string): PrintFile {
  let now: StoredPrintSettings = readStored(Stored, textOf(path)) ?? {
    ...DEFAULTS,
    mark: randomBytes(4).toString('hex'),
  }
  return {
    get: () => now,
    async set(settings) {
      await mkdir(dirname(path), { recursive: true })
      await writeAtomic(path, `${JSON.stringify(settings, null, 2)}\n`)
      now = settings
    },
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Where the disk of a folder is mounted. @throws the system's ENOENT */
export async function mountOf(folder: string): Promise<string> {
  const { dev } = await stat(folder)
  for (let path = folder; ; path = dirname(path)) {
    const above = dirname(path)
    if (above === path || (await stat(above)).dev !== dev) return path
  }
}

/** Of a folder of before nobody knows any more on which disk it was. */
export const UNKNOWN = ''

/** The folder that is left where a disk was pulled takes files, and prints none. */
export const isOnItsDisk = async ({ folder, mount }: StoredPrintSettings): Promise<boolean> =>
  mount === '/' || mount === UNKNOWN || (await mountOf(folder)) === mount
