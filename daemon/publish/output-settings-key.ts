import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type {
  OutputSettings,
  OverlayFiles,
  Overlay,
  PictureSettings,
  WatermarkSettings,
} from '../contract/output-settings.ts'

export const DEFAULT_WATERMARK: WatermarkSettings = {
  enabled: false,
  type: 'image',
  text: '',
  font_family: 'Noto Sans TC',
  text_font_size: 24,
  text_color: [255, 255, 255, 255],
  position: 'bottom-right',
  custom_x: 50,
  custom_y: 50,
  opacity: 0.8,
  scale_percentage: 20,
  margin: 50,
  portrait: null,
  frame_fit: 'cover',
}

export const DEFAULT_FILES: OverlayFiles = {
  image: null,
  portrait_image: null,
  frame: null,
  portrait_frame: null,
}

export const DEFAULT_PICTURES: PictureSettings = {
  web: { size: 2048, quality: 85, sharpening: 0.4, progressive: true },
  thumb: { size: 640, kilobytes: 45, sharpening: 0.5 },
  full: { enabled: false, quality: 92, sharpening: 0.25, progressive: true },
  artist: '',
  copyright: '',
  cache_limit_mb: 8192,
}

/** Equal keys are equal pictures, given equal Photo and Edit. Empty for what a fresh program publishes, so that what
 * was published before there were output settings counts as that. Files are identified by their names, which are their
 * hashes. */
export function outputSettingsKey(settings: OutputSettings): string {
  const overlay = (one: Overlay | null) =>
    one && [one.mark && markKey(one.mark), one.frame && frameKey(one.frame)]
  const { web, thumb, full, artist, copyright } = settings
  const key = JSON.stringify([
    overlay(settings.landscape),
    overlay(settings.portrait),
    web,
    thumb,
    full.enabled && full,
    artist,
    copyright,
  ])
  return key === NEUTRAL ? '' : createHash('sha256').update(key).digest('hex').slice(0, 16)
}

const frameKey = ({ path, fit }: NonNullable<Overlay['frame']>) => [basename(path), fit]

/** Only what shows: another text in the settings of an image mark changes no picture. */
function markKey(mark: NonNullable<Overlay['mark']>) {
  const { type, position, opacity } = mark
  const where = position === 'custom' ? [mark.custom_x, mark.custom_y] : [mark.margin]
  const what =
    type === 'text'
      ? [mark.text, mark.font_family, mark.text_font_size, mark.text_color]
      : [mark.image && basename(mark.image), mark.scale_percentage]
  return [type, position, opacity, where, what]
}

const NEUTRAL = JSON.stringify([
  null,
  null,
  DEFAULT_PICTURES.web,
  DEFAULT_PICTURES.thumb,
  false,
  DEFAULT_PICTURES.artist,
  DEFAULT_PICTURES.copyright,
])
