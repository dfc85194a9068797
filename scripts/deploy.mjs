import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildPages, layOut, OBJECT_TOML, withoutObject } from './pages.mjs'
import { createStage, lastLines, machineEnv, say } from './processes.mjs'

/** `npm run deploy [-- --dry-run] [--project NAME] [--branch NAME]`: builds the guests' gallery and sends it, with its
 * Functions, to Cloudflare Pages; the worker with their object goes ahead. Where that cannot be sent, the gallery goes
 * without it, and pages ask for news. Exit codes: 0 done, 1 it failed, 2 asked wrongly, 3 not logged in. */
const USAGE = `Usage: npm run deploy [-- --dry-run] [--project NAME] [--branch NAME]

Builds the guests' gallery and sends it to Cloudflare Pages, after the worker by which its pages hear news. --dry-run builds,
checks both, and sends nothing.`
const root = fileURLToPath(new URL('..', import.meta.url))
const stage = createStage()
const wrangler = join(root, 'node_modules', 'wrangler', 'bin', 'wrangler.js')
const env = {
  ...machineEnv(),
  WRANGLER_SEND_METRICS: 'false',
  CI: 'true',
  NO_COLOR: '1',
  WRANGLER_HIDE_BANNER: 'true',
}

/** @param {readonly string[]} args @param {'inherit' | 'kept'} stdio @param {string} cwd */
const run = (args, stdio, cwd = root) => stage.run(process.execPath, [wrangler, ...args], { cwd, env, stdio })

/** @param {string} toml @returns {string} */
const nameIn = (toml) => /^name = "(.+)"$/m.exec(toml)?.[1] ?? ''

/** A binding to a worker that is not there would be refused.
 * @param {string} toml @param {readonly string[]} args */
async function sendWithout(toml, args) {
  const folder = await mkdtemp(join(tmpdir(), 'lep-deploy-'))
  try {
    await layOut(root, folder, withoutObject(toml))
    return await run(args, 'inherit', folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @returns {Promise<number>} */
async function main() {
  let values
  try {
    ;({ values } = parseArgs({
      options: {
        'dry-run': { type: 'boolean' },
        project: { type: 'string' },
        branch: { type: 'string' },
        help: { type: 'boolean' },
      },
    }))
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    return 2
  }
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const toml = await readFile(join(root, 'wrangler.toml'), 'utf8')
  const project = values.project ?? nameIn(toml)
  const bucket = /^bucket_name = "(.+)"$/m.exec(toml)?.[1] ?? ''

  say('Building the gallery ...')
  await buildPages(root)
  const checked = await run(
    ['pages', 'functions', 'build', '--outdir', join(root, 'dist', '.pages-function')],
    'kept',
  )
  if (checked.code !== 0) {
    say(`The Function does not build:\n${lastLines(checked.output, 12)}`)
    return 1
  }
  const worker = await run(
    ['deploy', '--dry-run', '-c', OBJECT_TOML, '--outdir', join(root, 'dist', '.guests-worker')],
    'kept',
  )
  if (worker.code !== 0) {
    say(`The worker of the object does not build:\n${lastLines(worker.output, 12)}`)
    return 1
  }
  const other = /^bucket_name = "(.+)"$/m.exec(await readFile(join(root, OBJECT_TOML), 'utf8'))?.[1] ?? ''
  if (other !== bucket) {
    say(`wrangler.toml names the bucket "${bucket}", ${OBJECT_TOML} names "${other}": it has to be the same.`)
    return 1
  }
  if (values['dry-run']) {
    say(
      `Ready to send the worker "${nameIn(await readFile(join(root, OBJECT_TOML), 'utf8'))}" from functions/object.`,
    )
    say(
      `Ready to send dist/pages and functions to the Pages project "${project}", bound to the bucket "${bucket}".`,
    )
    say('Nothing was sent (--dry-run).')
    return 0
  }

  // An API token in the environment is a login too; wrangler looks at it itself.
  const who = await run(['whoami'], 'kept')
  if (who.code !== 0 || /not (authenticated|logged in)/i.test(who.output)) {
    say('You are not logged in to Cloudflare. Run: npx wrangler login')
    say('(Or set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.) Nothing was sent.')
    return 3
  }
  const object = await run(['deploy', '-c', OBJECT_TOML], 'kept')
  const pushes = object.code === 0
  if (!pushes)
    say(
      `The worker of the object was not sent: guests' pages will ask for news, as without it.\n${lastLines(object.output, 6)}`,
    )
  const branch = values.branch === undefined ? [] : ['--branch', values.branch]
  const pagesArgs = ['pages', 'deploy', '--project-name', project, '--commit-dirty=true', ...branch]
  const sent = pushes ? await run(pagesArgs, 'inherit') : await sendWithout(toml, pagesArgs)
  if (sent.code !== 0) {
    say(
      `The gallery was not sent. Is there a Pages project "${project}"? Make it with: npx wrangler pages project create ${project} --production-branch main`,
    )
    return 1
  }
  say('The gallery is out. Enter its address in the app under More > Cloud, and press Test.')
  return 0
}

try {
  process.exitCode = await main()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
stage.close()
