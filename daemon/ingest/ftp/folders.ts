/** What one camera was told of a file. */
export interface SentFile {
  readonly size: number
  /** Milliseconds since 1970. */
  at: number
  /** The Photo's Original, where it is one already. */
  readonly sha256: string | null
}

/** The folders and files that one camera sees: those that it made and sent itself. They exist in memory alone; nothing
 * on the disk is called so, and nothing there can be reached by a path. */
export interface VirtualFolders {
  hasFolder(path: string): boolean
  /** @returns false when there is one, or there are too many */
  makeFolder(path: string): boolean
  removeFolder(path: string): boolean
  file(path: string): SentFile | undefined
  put(path: string, file: SentFile): void
  rename(from: string, to: string): void
  forget(path: string): void
  /** Forgets all files. */
  clear(): void
  list(path: string): { name: string; file: SentFile | null }[]
}

/** Remembered of one camera; the oldest go. */
const MOST = { files: 5000, folders: 1000 } as const
const LONGEST = 1024
const DEEPEST = 32

/** The path that `given` means from `folder`, from the top and without a `/` at its end but for the top itself. What
 * leads above the top stays at the top.
 * @returns null for what is no path */
export function resolvePath(folder: string, given: string): string | null {
  // eslint-disable-next-line no-control-regex -- no name has them
  if (given.length > LONGEST || /[\u0000-\u001f\u007f]/.test(given)) return null
  const path = given.replaceAll('\\', '/').normalize('NFC')
  const parts: string[] = path.startsWith('/') ? [] : namesOf(folder)
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  if (parts.length > DEEPEST || parts.some((part) => Buffer.byteLength(part) > 255)) return null
  return `/${parts.join('/')}`
}

const namesOf = (path: string) => path.split('/').filter((part) => part !== '')

/** The folder that a path lies in, and its name there. */
export function splitPath(path: string): { folder: string; name: string } {
  const at = path.lastIndexOf('/')
  return { folder: path.slice(0, at) || '/', name: path.slice(at + 1) }
}

export function createVirtualFolders(): VirtualFolders {
  const folders = new Set(['/'])
  const files = new Map<string, SentFile>()

  function makeFolder(path: string): boolean {
    if (folders.has(path) || files.has(path) || folders.size >= MOST.folders) return false
    const { folder } = splitPath(path)
    if (!folders.has(folder)) makeFolder(folder)
    folders.add(path)
    return true
  }

  return {
    hasFolder: (path) => folders.has(path),
    makeFolder,
    removeFolder: (path) => path !== '/' && folders.delete(path),
    file: (path) => files.get(path),
    put(path, file) {
      makeFolder(splitPath(path).folder)
      files.delete(path)
      files.set(path, file)
      const [oldest] = files.keys()
      if (files.size > MOST.files && oldest !== undefined) files.delete(oldest)
    },
    rename(from, to) {
      const file = files.get(from)
      if (!file) return
      files.delete(from)
      this.put(to, file)
    },
    forget: (path) => void files.delete(path),
    clear: () => files.clear(),
    list(path) {
      const inside = (other: string) => other !== '/' && splitPath(other).folder === path
      return [
        ...[...folders].filter(inside).map((other) => ({ name: splitPath(other).name, file: null })),
        ...[...files]
          .filter(([other]) => inside(other))
          .map(([other, file]) => ({ name: splitPath(other).name, file })),
      ]
    },
  }
}
