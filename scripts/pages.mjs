import { copyFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildPart } from './parts.mjs'

/** What Cloudflare Pages gets beside the pages themselves. */
const FILES = {
  // Only what is below these costs a call of a Function.
  '_routes.json': `${JSON.stringify({ version: 1, include: ['/photo/*', '/guests/*', '/e/*'], exclude: [] }, null, 2)}\n`,
  // The page finds out by itself which event its address names.
  _redirects: '/e/* / 200\n/wall/e/* /wall/ 200\n',
  'robots.txt': 'User-agent: *\nDisallow: /\n',
  _headers: `/*
  X-Content-Type-Options: nosniff
  X-Robots-Tag: noindex
  Referrer-Policy: same-origin
  Content-Security-Policy: default-src 'self'; img-src 'self' https: data: blob:; connect-src 'self' https: wss:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'
/assets/*
  Cache-Control: public, max-age=31536000, immutable
/wall/assets/*
  Cache-Control: public, max-age=31536000, immutable
/wall/sw.js
  Cache-Control: no-cache
`,
}

/** Where what goes to Pages is built. @param {string} root */
const pagesOf = (root) => join(root, 'dist', 'pages')

/** Builds the gallery for Pages, where it stands at the root, and the wall beside it. The daemon's own build stays.
 * @param {string} root @param {string} [folder] `dist/pages` unless it is said; two builds at once need two
 * @returns {Promise<string>} the folder */
export async function buildPages(root, folder = pagesOf(root)) {
  const fresh = `${folder}.fresh`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(join(root, 'dist'), { recursive: true })
  await buildPart(root, { source: 'gallery', outDir: fresh, base: '/' })
  await buildPart(root, { source: 'gallery', folder: 'gallery/wall', outDir: join(fresh, 'wall') })
  // What the check before an event compares with the program on the Mac.
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  await writeFile(join(fresh, 'version.json'), `${JSON.stringify({ version })}\n`)
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(fresh, name), text)
  // Without it Pages answers every address with the page and a 200, scripts that are not there too, and browsers keep
  // that for as long as they would keep the script. With it, it is what a guest with a wrong address sees.
  await copyFile(join(fresh, 'index.html'), join(fresh, '404.html'))
  await rm(folder, { recursive: true, force: true })
  await rename(fresh, folder)
  return folder
}

/** The files of the daemon that the Functions import. */
const SHARED = ['card.ts', 'delta.ts', 'event-document.ts', 'object.ts'].map((name) =>
  join('daemon', 'contract', name),
)

/** The configuration of the worker with the object, below the root. */
export const OBJECT_TOML = join('functions', 'object', 'wrangler.toml')

/** What binds the gallery to the object, in the root's `wrangler.toml`. */
const OBJECT_BINDING = /\n(?:#[^\n]*\n)*\[\[durable_objects\.bindings\]\]\n(?:[^\n[]+\n?)+/g

/** @param {string} toml of the gallery @returns {string} the same for a project that has no object: its pages ask */
export const withoutObject = (toml) => toml.replace(OBJECT_BINDING, '\n')

/** A folder from which wrangler can work: the built pages and the Function, and nothing else of this project.
 * @param {string} root @param {string} folder @param {string} toml @param {string} [pages] where they were built
 * @returns {Promise<void>} */
export async function layOut(root, folder, toml, pages = pagesOf(root)) {
  await cp(pages, join(folder, 'dist', 'pages'), { recursive: true })
  await cp(join(root, 'functions'), join(folder, 'functions'), { recursive: true })
  for (const file of SHARED) await cp(join(root, file), join(folder, file))
  await writeFile(join(folder, 'wrangler.toml'), toml)
}
