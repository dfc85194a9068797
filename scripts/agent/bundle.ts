import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { escapeXml } from './plist.ts'

/** A size of an icon by the name that an `icns` file has for it: 128, 256, 512 and 1024 pixels.
 * https://en.wikipedia.org/wiki/Apple_Icon_Image_format */
export type IconType = 'ic07' | 'ic08' | 'ic09' | 'ic10'

/** @param pictures PNG files by type */
export function icnsOf(pictures: Partial<Readonly<Record<IconType, Uint8Array>>>): Buffer {
  const parts = Object.entries(pictures).flatMap(([type, png]) => {
    const header = Buffer.alloc(8)
    header.write(type, 'latin1')
    header.writeUInt32BE(png.byteLength + 8, 4)
    return [header, Buffer.from(png)]
  })
  const head = Buffer.alloc(8)
  head.write('icns', 'latin1')
  head.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 8),
    4,
  )
  return Buffer.concat([head, ...parts])
}

/** A word of a shell script: quoted, whatever it holds. */
export const escapeShell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** What the bundle runs: starts the agent where that is needed, waits until it is ready and opens its page. Whatever is wrong
 * is said in a window, for there is no terminal. */
export function launcherOf(facts: { node: string; program: string }): string {
  return `#!/bin/sh
node=${escapeShell(facts.node)}
program=${escapeShell(facts.program)}
tell() {
  /usr/bin/osascript -e 'on run argv' -e 'display alert "Live Event Photography" message (item 1 of argv)' -e 'end run' "$1"
}
if [ ! -x "$node" ] || [ ! -f "$program" ]; then
  tell "The program is not at $program any more. In the folder where it is now, run: npm run agent -- app"
  exit 1
fi
said=$("$node" "$program" open 2>&1) || tell "$said"
`
}

/** Builds the bundle, or builds it anew.
 * @param folder where it is to lie, such as `~/Applications`
 * @param facts.icon a PNG of 512 pixels
 * @returns the bundle's path */
export async function writeBundle(
  folder: string,
  facts: { name: string; id: string; version: string; node: string; program: string; icon: string },
): Promise<string> {
  const path = join(folder, `${facts.name}.app`)
  const fresh = `${path}.part`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(join(fresh, 'Contents', 'MacOS'), { recursive: true })
  await mkdir(join(fresh, 'Contents', 'Resources'))
  const launcher = join(fresh, 'Contents', 'MacOS', 'launcher')
  await writeFile(launcher, launcherOf(facts))
  await chmod(launcher, 0o755)
  await writeFile(
    join(fresh, 'Contents', 'Resources', 'icon.icns'),
    icnsOf({ ic09: await readFile(facts.icon) }),
  )
  const entries = {
    CFBundleName: facts.name,
    CFBundleDisplayName: facts.name,
    CFBundleIdentifier: facts.id,
    CFBundleVersion: facts.version,
    CFBundleShortVersionString: facts.version,
    CFBundlePackageType: 'APPL',
    CFBundleExecutable: 'launcher',
    CFBundleIconFile: 'icon',
    LSMinimumSystemVersion: '12.0',
  }
  await writeFile(
    join(fresh, 'Contents', 'Info.plist'),
    `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
${Object.entries(entries)
  .map(([key, value]) => `\t<key>${key}</key>\n\t<string>${escapeXml(value)}</string>`)
  .join('\n')}
\t<!-- It opens a page and is done: no mark in the Dock, no menu. -->
\t<key>LSUIElement</key>
\t<true/>
</dict>
</plist>
`,
  )
  await rm(path, { recursive: true, force: true })
  await rename(fresh, path)
  return path
}
