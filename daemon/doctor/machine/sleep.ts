import { ask, type Ask } from './ask.ts'

/** Reads `pmset -g custom`, on mains. @returns minutes until this computer sleeps by itself, 0 = never; null where it
 * does not say */
export function sleepOfMac(text: string): number | null {
  const mains = /AC Power:([\s\S]*?)(?:\n\S|$)/.exec(text)?.[1] ?? text
  const minutes = /^\s*sleep\s+(\d+)/m.exec(mains)?.[1]
  return minutes === undefined ? null : Number(minutes)
}

export const readSleep = async (
  platform: NodeJS.Platform = process.platform,
  run: Ask = ask,
): Promise<number | null> =>
  platform === 'darwin' ? sleepOfMac(await run('/usr/bin/pmset', ['-g', 'custom'])) : null
