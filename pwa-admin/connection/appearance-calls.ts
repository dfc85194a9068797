import type { DoneReply, HeroList } from '../../daemon/contract/api.ts'
import type {
  FontsReply,
  OverlayFile,
  PictureChange,
  PictureSettings,
  WatermarkReply,
  WatermarkSettings,
} from '../../daemon/contract/output-settings.ts'
import { CHANGE_MS, GET_MS } from './limit.ts'
import type { Wire } from './wire.ts'

/** Calls about how what is published looks: covers, watermark and frames, sizes. */
export const appearanceCalls = ({ get, post, upload, call, answered }: Wire) => ({
  heroes: () => get<HeroList>('/api/list-hero-images'),
  setHero: (filename: string) => post<DoneReply>('/api/set-hero-image', { filename }),
  fetchHero: (url: string) => post<DoneReply>('/api/set-hero-image', { url }),
  deleteHero: (filename: string) => post<DoneReply>('/api/delete-hero-image', { filename }),
  uploadHero: (file: File) => upload<DoneReply>('/api/upload-hero-image', file),
  watermark: () => get<WatermarkReply>('/api/watermark-settings'),
  saveWatermark: (change: Partial<WatermarkSettings>) =>
    post<WatermarkReply>('/api/watermark-settings', change),
  uploadMark(file: File, which: OverlayFile) {
    const body = new FormData()
    body.append('file', file, file.name)
    const path = which.endsWith('frame') ? '/api/upload-frame' : '/api/upload-watermark'
    const query = which.startsWith('portrait') ? '?for=portrait' : ''
    return call<DoneReply>(path + query, { method: 'POST', body }, CHANGE_MS)
  },
  deleteMark: (file: OverlayFile) => post<WatermarkReply>('/api/delete-watermark-file', { file }),
  /** What settings would lay over a picture of this size, and where the mark lies in it, pixels. */
  async tryWatermark(settings: Partial<WatermarkSettings>, width: number, height: number) {
    const response = await answered(
      '/api/watermark-preview',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ settings, width, height }),
      },
      GET_MS,
    )
    const [left, top, wide, high] = (response.headers.get('x-mark') ?? '').split(' ').map(Number)
    const mark = high === undefined ? null : { left: left!, top: top!, width: wide!, height: high }
    return { picture: await response.blob(), mark }
  },
  fonts: () => get<FontsReply>('/api/available-fonts'),
  pictureSettings: () => get<PictureSettings>('/api/picture-settings'),
  savePictureSettings: (change: PictureChange) => post<PictureSettings>('/api/picture-settings', change),
})
