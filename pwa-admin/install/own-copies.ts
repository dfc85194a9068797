import type { Plugin } from 'vite'

/** Gives each page of `folders` a copy of its own of whatever it shares with another page, so that nothing of it lies
 * in a common chunk: strangers may load the folder of a page alone, and the app's first screen waits for no file that
 * it shares with the printed sheet. What packages bring stays shared.
 * @param folders by the page's name, absolute, without a slash at the end */
export function ownCopies(folders: Readonly<Record<string, string>>): Plugin {
  const pageOf = (file: string) =>
    /[?&]page=(\w+)/.exec(file)?.[1] ??
    Object.keys(folders).find((page) => file.startsWith(`${folders[page]}/`))
  return {
    name: 'own-copies',
    apply: 'build',
    enforce: 'pre',
    async resolveId(source, importer, options) {
      const page = importer === undefined ? undefined : pageOf(importer)
      if (page === undefined || !source.startsWith('.')) return null
      const found = await this.resolve(source, importer, { ...options, skipSelf: true })
      const shared = found !== null && !found.external && pageOf(found.id) === undefined
      return shared && /\.ts$/.test(found.id) ? { ...found, id: `${found.id}?page=${page}` } : found
    },
  }
}
