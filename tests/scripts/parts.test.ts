import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildParts, staleParts } from '../../scripts/parts.mjs'

const CONFIG = `export default {
  root: import.meta.dirname,
  base: '/gallery/',
  build: { outDir: '../dist/gallery', emptyOutDir: true },
}`

let root: string
const page = (text: string) =>
  `<!doctype html><title>${text}</title><script type="module" src="./main.ts"></script>`

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parts 照片 '))
  await writeFile(join(root, 'package.json'), '{"type": "module"}')
  await mkdir(join(root, 'gallery'))
  await writeFile(join(root, 'gallery', 'vite.config.ts'), CONFIG)
  await writeFile(join(root, 'gallery', 'index.html'), page('first'))
  await writeFile(join(root, 'gallery', 'main.ts'), `document.title += '!'`)
})
afterEach(() => rm(root, { recursive: true, force: true }))

const built = () => readFile(join(root, 'dist', 'gallery', 'index.html'), 'utf8')
const stale = async () => (await staleParts(root)).map(({ target }) => target)

describe('the pages', () => {
  it('are built once, and a part that is not there is left out', async () => {
    expect(await buildParts(root)).toEqual(['gallery'])
    expect(await built()).toContain('first')
    expect(await buildParts(root)).toEqual([])
    expect(await readdir(join(root, 'dist'))).toEqual(['.gallery.stamp', 'gallery'])
  })

  it('are stale when a source changed, came, or the result is gone; not when only times changed', async () => {
    await buildParts(root)
    await utimes(join(root, 'gallery', 'main.ts'), new Date(), new Date(Date.now() + 3600_000))
    expect(await stale()).toEqual([])
    await writeFile(join(root, 'gallery', 'more.css'), 'p {}')
    expect(await stale()).toEqual(['gallery'])
    await rm(join(root, 'gallery', 'more.css'))
    expect(await stale()).toEqual([])
    await mkdir(join(root, 'daemon', 'contract'), { recursive: true })
    await writeFile(join(root, 'daemon', 'contract', 'recipe.ts'), 'export {}')
    expect(await stale()).toEqual(['gallery'])
    await rm(join(root, 'daemon'), { recursive: true })
    await rm(join(root, 'dist', 'gallery'), { recursive: true })
    expect(await stale()).toEqual(['gallery'])
  })

  it('take the place of the old ones as a whole, files of the old build included', async () => {
    await buildParts(root)
    const old = await readdir(join(root, 'dist', 'gallery', 'assets'))
    await writeFile(join(root, 'gallery', 'index.html'), page('second'))
    await writeFile(join(root, 'gallery', 'main.ts'), `document.title += '?'`)
    expect(await buildParts(root)).toEqual(['gallery'])
    expect(await built()).toContain('second')
    for (const file of old) expect(await readdir(join(root, 'dist', 'gallery', 'assets'))).not.toContain(file)
  })

  it('stay as they were when a build fails, and are still stale', async () => {
    await buildParts(root)
    await writeFile(join(root, 'gallery', 'main.ts'), `import './nowhere.ts'`)
    await expect(buildParts(root)).rejects.toThrow('nowhere')
    expect(await built()).toContain('first')
    expect(await readdir(join(root, 'dist'))).toEqual(['.gallery.stamp', 'gallery'])
    expect(await stale()).toEqual(['gallery'])
  })

  it('have their scripts beside them in fewer bytes', async () => {
    await writeFile(join(root, 'gallery', 'main.ts'), `document.title += '${'long '.repeat(500)}'`)
    await buildParts(root)
    const assets = join(root, 'dist', 'gallery', 'assets')
    const names = await readdir(assets)
    const script = names.find((name) => name.endsWith('.js'))!
    expect(names).toContain(`${script}.gz`)
    const packed = await readFile(join(assets, `${script}.gz`))
    expect(gunzipSync(packed)).toEqual(await readFile(join(assets, script)))
    expect(packed.length).toBeLessThan(500)
  })

  it('are built again when that is asked for', async () => {
    await buildParts(root)
    expect(await buildParts(root, { force: true })).toEqual(['gallery'])
  })
})
