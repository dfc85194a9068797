import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../../daemon/errors.ts'
import { catalogVersion, putCatalogBack } from './catalog-back.ts'
import type { Service } from './service.ts'
import { compareVersions } from './versions.ts'

/** What of the daemon's status an update asks for. */
export interface Running {
  readonly version: string
  readonly started_at: string
  readonly event: { readonly title: string; readonly state: string }
}

/** How long a version that became ready is watched, milliseconds: one that crashes over and over answers in between. */
const WATCHED = 4_000

/** Replaces the version that the agent runs by another one, and goes back to it when that one does not become ready.
 * @param needs.before the version that is installed, and the agent's definition with it
 * @param needs.fetch sets another version up, see `createVersions`
 * @param needs.write puts a definition of the agent into its place
 * @param needs.definitionOf the agent's definition with the program in this folder
 * @param needs.isReady whether the daemon answers within its time
 * @param needs.ask the running daemon's status
 * @throws Error with what is wrong and, once the versions were changed, which one runs now
 * @returns the version that runs now, and its folder */
export async function updateAgent(needs: {
  before: { version: string; definition: string; data: string }
  service: Service
  fetch: (refuse: (version: string) => void) => Promise<{ version: string; root: string }>
  write: (definition: string) => Promise<void>
  definitionOf: (root: string) => Promise<string>
  isReady: () => Promise<boolean>
  ask: () => Promise<Running>
  say: (line: string) => void
  watched?: number
}): Promise<{ version: string; root: string }> {
  const { before, service, say } = needs

  /** An event that runs is not disturbed, neither by the set-up's work nor by the change. */
  async function refuseDuringEvent(): Promise<void> {
    if ((await service.status()).pid === null) return
    const status = await needs.ask().catch((cause: unknown) => {
      const why = 'The program runs and does not answer, so that nobody knows whether an event is open.'
      throw new Error(`${why} Run: npm run agent -- restart`, { cause })
    })
    if (status.event.state === 'closed') return
    throw new Error(
      `The event "${status.event.title}" is open; nothing was changed. Close it in the app (More > Event), then update.`,
    )
  }

  function refuseOlder(version: string): void {
    const order = compareVersions(version, before.version)
    if (order === 0) throw new Error(`Version ${version} is what runs already.`)
    if (order < 0)
      throw new Error(
        `Version ${version} is older than ${before.version}, which runs. To go back by hand, run "npm run agent -- install" in the folder of the older one.`,
      )
  }

  /** @throws Error when it does not run, or does not go on running */
  async function proveReady(version: string): Promise<void> {
    if (!(await needs.isReady())) throw new Error('it did not become ready')
    const first = await needs.ask()
    if (first.version !== version) throw new Error(`version ${first.version} answers in its place`)
    await wait(needs.watched ?? WATCHED)
    const again = await needs.ask()
    if (again.started_at !== first.started_at) throw new Error('it did not go on running')
  }

  async function goBack(catalog: number | null, why: unknown, version: string): Promise<never> {
    await service.unload()
    let kept: string | null = null
    let trouble = ''
    try {
      kept = await putCatalogBack(before.data, catalog)
    } catch (error) {
      trouble = ` ${messageOf(error)}`
    }
    // On a full disk the definition of before still lies there, since a new one takes its place as a whole.
    await needs.write(before.definition).catch((error: unknown) => (trouble += ` ${messageOf(error)}`))
    await service.load()
    const answers = await needs.isReady()
    const aside = kept === null ? '' : ` What it had changed in the catalog is kept in ${kept}.`
    const now = answers
      ? `Version ${before.version} runs again.`
      : `Version ${before.version} was started again and does not answer yet.`
    throw new Error(`Version ${version} did not start (${messageOf(why)}). ${now}${aside}${trouble}`, {
      cause: why,
    })
  }

  await refuseDuringEvent()
  const next = await needs.fetch(refuseOlder)
  const definition = await needs.definitionOf(next.root)
  // Somebody may have opened one while it was set up.
  await refuseDuringEvent()
  say(`Changing from ${before.version} to ${next.version} ...`)
  await service.unload()
  const catalog = catalogVersion(before.data)
  try {
    await needs.write(definition)
    await service.load()
    await proveReady(next.version)
  } catch (error) {
    return goBack(catalog, error, next.version)
  }
  return next
}
