import { mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditReply } from '../../../daemon/contract/access.ts'
import { type Role } from '../../../daemon/contract/roles.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { pairWith } from '../../fixtures/http/paired.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

describe('a running daemon', () => {
  let daemon: RunningDaemon
  beforeAll(async () => {
    daemon = await startDaemon()
  })
  afterAll(() => daemon.end())

  const pair = (role: Role, name?: string) => pairWith(daemon, role, name)

  it('lets editors send along the picture at the head as it is, and change nothing by it', async () => {
    const { headers } = await pair('editor')
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(await makeJpeg())], { type: 'image/jpeg' }), 'a.jpg')
    const init = { method: 'POST', headers: { origin: daemon.url }, body: form }
    const { filename } = (await (await fetch(`${daemon.url}/api/upload-hero-image`, init)).json()) as {
      filename: string
    }
    const hero_image_url = `/assets/${filename}`
    const set = async (body: object) => await daemon.post('/api/event-settings', body, headers)
    for (const same of [hero_image_url, filename])
      expect(await set({ event_title: 'Ours', hero_image_url: same })).toMatchObject({
        status: 200,
        body: { event_title: 'Ours', hero_image_url },
      })
    // The control: another one, or none, is the owner's to choose.
    for (const other of ['', null, 'https://example.com/a.jpg'])
      expect(await set({ event_title: 'Mine', hero_image_url: other })).toMatchObject({
        status: 403,
        body: { error: { code: 'field_owner_only', params: { field: 'hero_image_url' } } },
      })
    expect((await daemon.get('/api/event-settings')).body).toMatchObject({
      event_title: 'Ours',
      hero_image_url,
    })
  })

  it('lets editors set title and subtitle, and names the field that is the owner’s', async () => {
    const { headers } = await pair('editor')
    const set = async (body: object, as: Record<string, string> = headers) =>
      await daemon.post('/api/event-settings', body, as)
    const now = async () => (await daemon.get('/api/event-settings')).body as Record<string, unknown>
    expect((await set({ event_title: 'Ours', event_subtitle: 'today' })).status).toBe(200)
    const before = await now()
    const words = ['words_template', 'words_mode', 'words_roster']
    for (const field of words) expect((await set({ [field]: before[field] })).status, field).toBe(200)
    const others = Object.keys(before).filter(
      (field) =>
        !['event_title', 'event_subtitle', 'hero_image_url', 'r2_path_prefix', ...words].includes(field),
    )
    expect(others).toEqual(expect.arrayContaining(['credit', 'privacy_text', 'accent_color']))
    const another: Record<string, unknown> = {
      title_font_family: 'serif',
      subtitle_font_family: 'mono',
      accent_color: '#123456',
    }
    for (const field of others) {
      const was = before[field]
      const other = typeof was === 'number' ? was + 1 : typeof was === 'boolean' ? !was : 'mine'
      const value = another[field] ?? other
      const { status, body } = await set({ event_title: 'Mine', [field]: value })
      expect([field, status, body]).toMatchObject([
        field,
        403,
        { error: { code: 'field_owner_only', params: { field } } },
      ])
      expect((await set({ [field]: value }, {})).status, `${field}, as the owner`).toBe(200)
      expect((await set({ [field]: before[field] }, {})).status).toBe(200)
    }
    expect(await now()).toEqual(before)
  })

  it('lets the right code and the link in while 250 addresses guess', async () => {
    const { code, key } = (await daemon.post('/api/pair/code', {})).body as { code: string; key: string }
    const port = Number(new URL(daemon.url).port)
    const ask = (tried: string, localAddress: string, signal?: AbortSignal) =>
      new Promise<number>((resolve) => {
        const call = request(
          {
            host: '127.0.0.1',
            port,
            localAddress,
            method: 'POST',
            path: '/api/pair',
            agent: false,
            headers: { 'content-type': 'application/json' },
            ...(signal && { signal }),
          },
          (reply) => reply.resume().on('end', () => resolve(reply.statusCode ?? 0)),
        )
        call.on('error', () => resolve(0))
        call.end(JSON.stringify({ code: tried }))
      })
    const wrong = code === '11111111' ? '22222222' : '11111111'
    const over = new AbortController()
    const guessing = Array.from({ length: 250 }, async (_, n) => {
      while (!over.signal.aborted) await ask(wrong, `127.0.7.${n + 1}`, over.signal)
    })
    await expect
      .poll(async () => ((await daemon.get('/api/status')).body as { guessing?: object }).guessing)
      .toBeDefined()
    expect(await ask(code, '127.0.9.9')).toBe(200)
    const next = (await daemon.post('/api/pair/code', {})).body as { key: string }
    expect(await ask(key, '127.0.7.1', AbortSignal.timeout(500)), 'a link of before').not.toBe(200)
    expect(await ask(next.key, '127.0.7.1'), 'from an address that guesses').toBe(200)
    over.abort()
    await Promise.all(guessing)
  })

  it('keeps a trail: who, what and when, for the owner alone', async () => {
    const { headers, id } = await pair('editor', 'Anna’s iPad')
    await daemon.drop('IMG_0002.JPG', await makeJpeg({ seed: 2 }))
    await daemon.drop('IMG_0003.JPG', await makeJpeg({ seed: 3 }))
    await daemon.post('/api/publish', { filename: 'IMG_0002.JPG' }, headers)
    await daemon.post('/api/publish', { filename: 'IMG_0002.JPG' }, headers)
    await daemon.post('/api/unpublish', { filename: 'IMG_0002.jpg' })
    await daemon.post('/api/reject', { filename: 'IMG_0003.JPG' }, headers)
    await daemon.post('/api/edit', { filename: 'IMG_0002.JPG', edit: { exposure: 1 } }, headers)
    await daemon.post('/api/event-settings', { event_title: 'secret words' }, headers)
    await daemon.post('/api/reject', { filename: 'nothing' }, headers)
    await daemon.post('/api/devices', { id, action: 'change', role: 'viewer' })
    const all = async (query = '') => (await daemon.get(`/api/audit?limit=8${query}`)).body as AuditReply
    const { entries, actors, next } = await all()
    const short = (reply: AuditReply) =>
      reply.entries.map(({ name, role, what, subject, details }) =>
        [name || role, what, subject, ...details].join(' | '),
      )
    expect(short({ entries, actors, next }).slice(0, 7)).toEqual([
      'owner | role changed | Anna’s iPad | editor | viewer',
      'Anna’s iPad | settings changed | event | event_title',
      'Anna’s iPad | rejected | IMG_0003.JPG',
      'owner | unpublished | IMG_0002.JPG | IMG_0002.jpg',
      'Anna’s iPad | published | IMG_0002.JPG | IMG_0002.jpg',
      'Anna’s iPad | paired | Anna’s iPad | editor',
      'owner | code shown |  | editor',
    ])
    expect(JSON.stringify(entries)).not.toContain('secret words')
    expect(actors).toContainEqual({ device: id, name: 'Anna’s iPad' })
    expect(short(await all(`&device=${id}`))).toHaveLength(4)
    const older = await all(`&after=${next}`)
    expect(older.entries[0]!.id).toBeLessThan(entries.at(-1)!.id)
    expect((await daemon.get('/api/audit', headers)).status).toBe(403)
    // Beside the photos, too: the catalog may be lost.
    const journal = join(daemon.data, 'photos_buffer', '.lep-journal.jsonl')
    await expect
      .poll(async () => (await readFile(journal, 'utf8')).includes('"what":"role changed"'))
      .toBe(true)
  })

  it('serves no picture through a link, whatever it leads to', async () => {
    await daemon.drop('IMG_0004.JPG', await makeJpeg({ seed: 4 }))
    const photo = await daemon.drop('IMG_0005.JPG', await makeJpeg({ seed: 5 }))
    await daemon.post('/api/publish', { filename: 'IMG_0004.JPG' })
    const { event } = (await daemon.get('/api/status')).body as { event: { prefix: string } }
    const web = join(daemon.data, 'photos_web')
    const buffer = join(daemon.data, 'photos_buffer')
    const secret = join(daemon.data, 'secret.jpg')
    await writeFile(secret, await makeJpeg({ seed: 99 }))
    const files: [string, string][] = [
      [join(web, 'IMG_0004.jpg'), `/photo/${event.prefix}/IMG_0004.jpg`],
      [join(web, 'thumb', 'IMG_0004.webp'), `/photo/${event.prefix}/thumb/IMG_0004.webp`],
      [join(web, 'IMG_0004.jpg'), '/live/IMG_0004.jpg'],
      [join(buffer, 'IMG_0005.JPG'), '/raw/IMG_0005.JPG'],
      [join(buffer, 'IMG_0005.JPG'), photo.tile],
      [join(buffer, 'IMG_0005.JPG'), photo.thumbnail],
    ]
    for (const [file, url] of files) {
      expect([url, (await daemon.get(url)).status < 300]).toEqual([url, true])
      await rename(file, `${file}.kept`)
      await symlink(secret, file)
      expect([url, (await daemon.get(url)).status]).toEqual([url, 404])
      await rm(file)
      await mkdir(file)
      expect([url, 'a folder', (await daemon.get(url)).status]).toEqual([url, 'a folder', 404])
      await rm(file, { recursive: true })
      await rename(`${file}.kept`, file)
    }
  })

  it('leaves the terminal’s key where only its owner can read it', async () => {
    const { mode } = await stat(join(daemon.data, 'config', 'terminal.key'))
    expect(mode & 0o777).toBe(0o600)
  })
})
