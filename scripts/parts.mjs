import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** The parts that browsers load; the daemon serves them from `dist/`. The wall is made from the gallery's sources too. */
const PARTS = [
  { source: 'pwa-admin', target: 'admin' },
  { source: 'gallery', target: 'gallery' },
  { source: 'gallery', folder: 'gallery/wall', target: 'wall' },
]
/** What all are made with, apart from their own folder. */
const SHARED = ['daemon/contract', 'package-lock.json', 'tsconfig.base.json']

/** @param {string} path @returns {Promise<string[]>} */
async function filesUnder(path) {
  if (!existsSync(path)) return []
  const found = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => null)
  if (!found) return [path]
  return found.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
}

/** A hash of everything that a part is made from. Contents, not times: a copied folder is not a changed one.
 * @param {string} root @param {string} source */
async function fingerprint(root, source) {
  const hash = createHash('sha256').update(process.env.LEP_GALLERY_BASE ?? '')
  const lists = await Promise.all([source, ...SHARED].map((path) => filesUnder(join(root, path))))
  for (const file of lists.flat().sort())
    hash
      .update(relative(root, file))
      .update('\0')
      .update(await readFile(file))
  return hash.digest('hex').slice(0, 32)
}

/** @param {string} root @param {string} target */
const stampOf = (root, target) => join(root, 'dist', `.${target}.stamp`)

/** The parts whose sources changed since they were built. @param {string} root */
export async function staleParts(root) {
  const stale = []
  for (const part of PARTS) {
    if (!existsSync(join(root, part.folder ?? part.source, 'vite.config.ts'))) continue
    const wanted = await fingerprint(root, part.source)
    const built = await readFile(stampOf(root, part.target), 'utf8').catch(() => '')
    if (built !== wanted || !existsSync(join(root, 'dist', part.target, 'index.html')))
      stale.push({ ...part, fingerprint: wanted })
  }
  return stale
}

/** @param {string} root
 * @param {{ source: string, outDir: string, base?: string, folder?: string | undefined }} part `folder` holds what says how to
 * build it, `source` without it */
export async function buildPart(root, { source, outDir, base, folder = source }) {
  const { build } = await import('vite')
  await build({
    configFile: join(root, folder, 'vite.config.ts'),
    logLevel: 'warn',
    ...(base !== undefined && { base }),
    build: {
      outDir,
      emptyOutDir: true,
      // How long the plugins took is no news to somebody who starts an event.
      rollupOptions: { checks: { bundlerTimings: false } },
    },
  })
}

/** Puts beside each text what the daemon sends in its place: a third of the bytes on a venue's crowded Wi-Fi.
 * @param {string} folder */
async function compressUnder(folder) {
  for (const file of await filesUnder(folder)) {
    if (!/\.(?:js|css|svg)$/.test(file)) continue
    const packed = await promisify(gzip)(await readFile(file), { level: 9 })
    await writeFile(`${file}.gz`, packed)
  }
}

/**
 * Builds into a folder of its own and puts it in place by renaming, so that a running daemon serves the old build or
 * the new one, never half of one.
 * @param {string} root
 * @param {{ source: string, folder?: string | undefined, target: string, fingerprint: string }} part
 */
async function replacePart(root, { source, folder, target, fingerprint: stamp }) {
  const dist = join(root, 'dist')
  const fresh = join(dist, `.${target}.${randomUUID()}`)
  const old = join(dist, `.${target}.${randomUUID()}`)
  try {
    await mkdir(dist, { recursive: true })
    await buildPart(root, { source, folder, outDir: fresh })
    await compressUnder(fresh)
    if (existsSync(join(dist, target))) await rename(join(dist, target), old)
    await rename(fresh, join(dist, target))
    await writeFile(stampOf(root, target), stamp)
  } finally {
    await rm(fresh, { recursive: true, force: true })
    await rm(old, { recursive: true, force: true })
  }
}

/** Builds what is stale, or everything with `force`. @param {string} root @param {{ force?: boolean }} [options] */
export async function buildParts(root, { force = false } = {}) {
  if (force) for (const { target } of PARTS) await rm(stampOf(root, target), { force: true })
  const stale = await staleParts(root)
  for (const part of stale) await replacePart(root, part)
  return stale.map(({ target }) => target)
}
