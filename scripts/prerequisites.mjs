import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { lastLines, machineEnv, say } from './processes.mjs'

/**
 * What the system itself has to bring, for which command. `files`: any one of them shows that it is there; a `*`
 * stands for one folder. `debian` and `brew` are what to install; null = comes with the system or is not used there.
 * @typedef {object} Prerequisite
 * @property {string} name
 * @property {readonly ('event' | 'verify')[]} for
 * @property {string | null} debian
 * @property {string | null} brew
 * @property {readonly string[]} files
 * @property {string} without what does not work until it is there
 */

/** On Linux these draw windows that nobody sees: a third more time. They serve where nothing else can be installed. */
const WITH_WINDOWS = ['/usr/bin/chromium', '/usr/bin/google-chrome']

/** Where a Chromium may be, the quickest first. */
export const CHROMIUM = [
  '/usr/bin/chromium-headless-shell',
  ...WITH_WINDOWS,
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** @type {readonly Prerequisite[]} */
export const PREREQUISITES = [
  {
    name: 'libgphoto2',
    for: ['event', 'verify'],
    debian: 'libgphoto2-6',
    brew: 'libgphoto2',
    files: [
      '/usr/lib/*/libgphoto2.so.6',
      '/usr/lib/libgphoto2.so.6',
      '/usr/lib64/libgphoto2.so.6',
      '/usr/local/lib/libgphoto2.so.6',
      '/opt/homebrew/lib/libgphoto2.6.dylib',
      '/usr/local/lib/libgphoto2.6.dylib',
    ],
    without: 'The camera stays off until it is',
  },
  {
    name: 'gphoto2',
    for: ['verify'],
    debian: 'gphoto2',
    brew: 'gphoto2',
    files: ['/usr/bin/gphoto2', '/opt/homebrew/bin/gphoto2', '/usr/local/bin/gphoto2'],
    without: 'The tests of the virtual camera do not run until it is',
  },
  {
    name: 'Chromium',
    for: ['verify'],
    debian: 'chromium-headless-shell',
    brew: '--cask chromium',
    files: CHROMIUM.filter((path) => !WITH_WINDOWS.includes(path)),
    without: 'The end-to-end tests do not run until it is',
  },
  {
    name: 'iproute2',
    for: ['verify'],
    debian: 'iproute2',
    brew: null,
    files: ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip', '/bin/ip'],
    without: 'The tests from another host do not run until it is',
  },
  {
    name: 'Noto Sans CJK',
    for: ['verify'],
    debian: 'fonts-noto-cjk',
    brew: null,
    files: [
      '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
      '/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc',
    ],
    without: 'Chinese text shows as boxes in the tests until it is',
  },
  {
    name: 'WebKit',
    for: ['verify'],
    debian: 'webkit2gtk-driver',
    brew: null,
    files: ['/usr/bin/WebKitWebDriver'],
    without: 'The tests in a WebKit, as on an iPad, do not run until it is',
  },
  {
    name: 'Xvfb',
    for: ['verify'],
    debian: 'xvfb',
    brew: null,
    files: ['/usr/bin/Xvfb'],
    without: 'The tests in a WebKit have no screen until it is',
  },
  {
    name: 'Mesa',
    for: ['verify'],
    debian: 'libgl1-mesa-dri',
    brew: null,
    files: ['/usr/lib/*/dri/swrast_dri.so'],
    without: 'The tests in a WebKit draw nothing until it is',
  },
  {
    name: 'certutil',
    for: ['verify'],
    debian: 'libnss3-tools',
    brew: null,
    files: ['/usr/bin/certutil'],
    without: 'The tests in a browser that trusts our authority do not run until it is',
  },
  {
    name: 'OpenSSL',
    for: ['verify'],
    debian: 'openssl',
    brew: null,
    files: ['/usr/bin/openssl'],
    without: 'The check of certificates by another program does not run until it is',
  },
  {
    name: 'ExifTool',
    for: ['verify'],
    debian: 'libimage-exiftool-perl',
    brew: 'exiftool',
    files: ['/usr/bin/exiftool', '/opt/homebrew/bin/exiftool', '/usr/local/bin/exiftool'],
    without: 'The check of published files by another reader does not run until it is',
  },
  {
    name: 'Exiv2',
    for: ['verify'],
    debian: 'exiv2',
    brew: 'exiv2',
    files: ['/usr/bin/exiv2', '/opt/homebrew/bin/exiv2', '/usr/local/bin/exiv2'],
    without: 'The check of words in published files by a second reader does not run until it is',
  },
  {
    name: 'libeatmydata',
    for: ['verify'],
    debian: 'libeatmydata1',
    brew: null,
    files: ['/usr/lib/*/libeatmydata.so'],
    without: 'The tests with power cuts do not run until it is',
  },
  ...['curl', 'lftp', 'ncftp', 'python3'].map((program) => ({
    name: program,
    for: /** @type {const} */ (['verify']),
    debian: program,
    brew: null,
    files: [`/usr/bin/${program === 'ncftp' ? 'ncftpput' : program}`],
    without: 'The tests with FTP programs of others do not run it until it is',
  })),
  {
    name: 'vsftpd',
    for: ['verify'],
    debian: 'vsftpd',
    brew: null,
    files: ['/usr/sbin/vsftpd'],
    without: 'The tests of sending to a desk by FTP do not run until it is',
  },
  {
    name: 'libfaketime',
    for: ['verify'],
    debian: 'libfaketime',
    brew: null,
    files: ['/usr/lib/*/faketime/libfaketime.so.1'],
    without: 'The tests of sleep and of a clock that is set do not run until it is',
  },
  {
    name: 'Swift proxy server',
    for: ['verify'],
    debian: 'swift-proxy',
    brew: null,
    files: ['/usr/bin/swift-proxy-server'],
    without: 'The tests against a real S3 server do not run until it is',
  },
  {
    name: 'Swift account server',
    for: ['verify'],
    debian: 'swift-account',
    brew: null,
    files: ['/usr/bin/swift-account-server'],
    without: 'The tests against a real S3 server do not run until it is',
  },
  {
    name: 'Swift container server',
    for: ['verify'],
    debian: 'swift-container',
    brew: null,
    files: ['/usr/bin/swift-container-server'],
    without: 'The tests against a real S3 server do not run until it is',
  },
  {
    name: 'Swift object server',
    for: ['verify'],
    debian: 'swift-object',
    brew: null,
    files: ['/usr/bin/swift-object-server'],
    without: 'The tests against a real S3 server do not run until it is',
  },
]

/**
 * What these functions have to know of the machine.
 * @typedef {object} System
 * @property {'debian' | 'mac' | 'other'} kind
 * @property {boolean} root
 * @property {boolean} brew Homebrew is there
 * @property {(pattern: string) => boolean} has
 * @property {(command: string, args: readonly string[]) => Promise<{ code: number, output: string }>} run
 */

/** @param {string} pattern @returns {boolean} */
export function hasFile(pattern) {
  const [before, after] = pattern.split('/*/')
  if (before === undefined || after === undefined) return existsSync(pattern)
  try {
    return readdirSync(before).some((folder) => existsSync(join(before, folder, after)))
  } catch {
    return false
  }
}

/** How long installing may hold up the start of an event, milliseconds. */
const PATIENCE = 5 * 60_000

/** @param {string} root @param {import('./processes.mjs').Stage} stage @returns {System} */
export function thisSystem(root, stage) {
  const mac = process.platform === 'darwin'
  const env = { ...machineEnv(), DEBIAN_FRONTEND: 'noninteractive', HOMEBREW_NO_AUTO_UPDATE: '1' }
  return {
    kind: mac ? 'mac' : existsSync('/usr/bin/apt-get') ? 'debian' : 'other',
    root: process.getuid?.() === 0,
    brew: existsSync('/opt/homebrew/bin/brew') || existsSync('/usr/local/bin/brew'),
    has: hasFile,
    run: (command, args) => stage.run(command, args, { cwd: root, env, stdio: 'kept', timeout: PATIENCE }),
  }
}

/** @param {'event' | 'verify'} command @param {System} system @returns {Prerequisite[]} */
export function missing(command, system) {
  return PREREQUISITES.filter(
    (one) =>
      one.for.includes(command) &&
      !(system.kind === 'mac' && one.brew === null) &&
      !one.files.some((file) => system.has(file)),
  )
}

/** The one line for a person: what is missing, what that means, and what to run.
 * @param {Prerequisite} one @param {System} system @returns {string} */
export function advice({ name, without, debian, brew }, { kind, root }) {
  const how =
    kind === 'debian'
      ? `run: ${root ? '' : 'sudo '}apt-get install -y ${debian}`
      : kind === 'mac'
        ? `run: brew install ${brew} (Homebrew: https://brew.sh)`
        : `install it with the system's package manager`
  return `${name} is not installed. ${without}; ${how}`
}

/** @param {readonly Prerequisite[]} list @param {System} system @returns {Promise<string | null>} the end of what
 * apt-get wrote when it failed, or null */
async function aptInstall(list, { root, run }) {
  const packages = list.flatMap(({ debian }) => debian ?? [])
  const [command, ...first] = root ? ['apt-get'] : ['sudo', '-n', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']
  // Without a network this must fail soon: an event may be starting.
  const polite = [
    '-o',
    'DPkg::Lock::Timeout=60',
    '-o',
    'Acquire::http::Timeout=15',
    '-o',
    'Acquire::Retries=1',
  ]
  const install = () =>
    run(command ?? '', [...first, ...polite, 'install', '-y', '--no-install-recommends', ...packages])
  const tried = await install()
  if (tried.code === 0) return null
  // Package lists that are missing or stale are the usual reason; refreshing good ones would only cost time.
  await run(command ?? '', [...first, ...polite, 'update'])
  const again = await install()
  return again.code === 0 ? null : again.output
}

/**
 * Installs what `command` needs where that is possible without asking, and names the rest. Never throws and never
 * stops a start: what is missing switches off only what needs it.
 * @param {'event' | 'verify'} command
 * @param {System} system
 * @param {(line: string) => void} [report]
 * @returns {Promise<Prerequisite[]>} what is still missing
 */
export async function providePrerequisites(command, system, report = say) {
  const wanted = missing(command, system)
  if (wanted.length === 0) return []
  const names = wanted.map(({ name }) => name).join(', ')
  const mayInstall =
    system.kind === 'debian'
      ? system.root || (await system.run('sudo', ['-n', 'true'])).code === 0
      : system.kind === 'mac' && system.brew
  let trouble = null
  if (mayInstall) {
    report(`Installing ${names} (${system.kind === 'mac' ? 'brew' : 'apt-get'}) ...`)
    if (system.kind === 'debian') trouble = await aptInstall(wanted, system)
    else
      for (const { brew } of wanted) {
        const { code, output } = await system.run('brew', ['install', ...(brew ?? '').split(' ')])
        if (code !== 0) trouble = output
      }
  }
  const left = missing(command, system)
  for (const one of left) report(advice(one, system))
  if (trouble && left.length > 0) report(lastLines(trouble, 4))
  return left
}
