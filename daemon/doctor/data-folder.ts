import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { access, constants, readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openCatalog, type Catalog } from '../catalog/catalog.ts'
import { refuseLostCatalog, refuseStrangeCatalog } from '../catalog/store/lost.ts'
import type { Config } from '../config.ts'
import { errnoOf, isBusy, Refusal } from '../errors.ts'
import { silentLog } from '../log.ts'
import type { DataFolder, DataState } from './facts.ts'

/** A data folder where no daemon runs, and what its catalog knows. */
export interface SeenData extends DataFolder {
  /** A copy, which is all that is opened; null where there is none that could be. */
  readonly catalog: Catalog | null
  /** Where that copy lies. */
  readonly copy: string | null
  close(): void
}

/** Whether a daemon holds the folder. Its lock is only looked at. */
function isHeld(data: string): boolean {
  const path = join(data, '.lock')
  if (!existsSync(path)) return false
  const db = new DatabaseSync(path, { readOnly: true, timeout: 0 })
  try {
    db.prepare('PRAGMA schema_version').get()
    db.prepare('SELECT count(*) FROM sqlite_master').get()
    return false
  } catch (error) {
    return isBusy(error)
  } finally {
    db.close()
  }
}

async function stateOf({ data, folders }: Config): Promise<DataState> {
  let found
  try {
    found = await stat(data)
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? 'new' : errnoOf(error) === 'ENOTDIR' ? 'not_folder' : 'closed'
  }
  if (!found.isDirectory()) return 'not_folder'
  const own = process.getuid?.()
  const isOthers = own !== undefined && found.uid !== own
  // Root may do anything; what it makes there, that person cannot use afterwards.
  if (isOthers && own === 0) return 'of_others'
  try {
    await access(data, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return isOthers ? 'of_others' : 'closed'
  }
  try {
    if (isHeld(data)) return 'in_use'
    refuseLostCatalog({ data, folders })
    if (existsSync(join(data, 'catalog.db'))) return 'ready'
    const names = (await readdir(data)).filter((name) => !name.startsWith('.'))
    // Before the first start there may be a configuration, and nothing else.
    return names.every((name) => name === 'config') ? 'new' : 'strange'
  } catch (error) {
    return error instanceof Refusal ? 'lost' : 'closed'
  }
}

const OF_CODE: Readonly<Record<string, DataState>> = {
  newer_catalog: 'newer',
  catalog_foreign: 'strange_catalog',
  catalog_older: 'strange_catalog',
}

/** Looks at a data folder without changing anything in it. @param fault what is wrong with its configuration */
export async function seeData(config: Config, fault: string | null = null): Promise<SeenData> {
  const { data: path } = config
  const nothing = (state: DataState): SeenData => ({
    path,
    state,
    catalog: null,
    copy: null,
    close: () => undefined,
  })
  const state = await stateOf(config)
  const unfit = (why: string): SeenData => ({ ...nothing('config'), why })
  if (fault !== null && ['new', 'strange'].includes(state)) return unfit(fault)
  if (state !== 'ready') return nothing(state)
  const folder = mkdtempSync(join(tmpdir(), 'lep-doctor-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const copy = join(folder, 'catalog.db')
  try {
    for (const end of ['', '-wal'])
      if (existsSync(join(path, `catalog.db${end}`)))
        copyFileSync(join(path, `catalog.db${end}`), `${copy}${end}`)
    // Opening it brings it up to this version, which must not happen to the original.
    const lost = { data: path, folders: config.folders }
    const catalog = openCatalog({
      path: copy,
      base: path,
      now: Date.now,
      log: silentLog,
      fits: (known) => known.slugs.size > 0 && refuseStrangeCatalog({ ...lost, ...known }),
    })
    const close = () => {
      catalog.close()
      remove()
    }
    try {
      refuseLostCatalog({ ...lost, known: catalog.events.list().length > 0 })
    } catch (error) {
      close()
      if (error instanceof Refusal) return nothing('lost')
      throw error
    }
    if (fault !== null) {
      close()
      return unfit(fault)
    }
    return { path, state, catalog, copy, close }
  } catch (error) {
    remove()
    if (!(error instanceof Refusal)) return nothing('closed')
    return nothing(OF_CODE[error.code] ?? 'damaged')
  }
}
