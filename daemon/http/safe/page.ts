import type { CatalogFault, RebuildReport } from '../../contract/rebuild.ts'

/** What is going on while there is no catalog. */
export interface SafeState {
  readonly fault: CatalogFault
  readonly doing: 'nothing' | 'looking' | 'rebuilding'
  /** What a rebuild would find, once somebody asked. */
  readonly plan: RebuildReport | null
  /** Why the last try failed, in a person's words. */
  readonly trouble: string | null
}

export const SAFE_STYLE = `:root{color-scheme:light dark;font:17px/1.5 system-ui,sans-serif}
body{max-width:42rem;margin:0 auto;padding:2rem 1rem}h1{font-size:1.5rem}form{display:inline-block;margin:.5rem .5rem .5rem 0}
button{font:inherit;padding:.6rem 1.2rem;min-height:44px}table{border-collapse:collapse;margin:1rem 0}
td,th{padding:.25rem .75rem .25rem 0;text-align:start}[lang=zh-Hant]{margin-top:.25rem}.trouble{font-weight:600}`

const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** A sentence in every language: nobody could choose one yet. */
const say = (english: string, chinese: string, tag = 'p') =>
  `<${tag} lang="en">${english}</${tag}><${tag} lang="zh-Hant">${chinese}</${tag}>`

const TITLES: Readonly<Record<CatalogFault, readonly [string, string]>> = {
  missing: ['The catalog is missing', '找不到目錄資料庫'],
  damaged: ['The catalog is damaged', '目錄資料庫已損壞'],
  foreign: ['The catalog belongs to other photo folders', '目錄資料庫屬於其他相片資料夾'],
  older: ['The catalog is older than the journals beside the photos', '目錄資料庫比相片旁的日誌舊'],
}

function button(action: string, english: string, chinese: string): string {
  return `<form method="post" action="/catalog/${action}"><button>${english} · ${chinese}</button></form>`
}

function table(plan: RebuildReport): string {
  const head = [
    '',
    '收件匣 Inbox',
    '已封存 Archive',
    '垃圾桶 Trash',
    '已修 Edited',
    '已發布 Published',
    '納入 Adopted',
    '遺失 Missing',
  ]
  const rows = plan.events.map(
    ({ slug, title, buffer, archived, trashed, edited, published, adopted, missing }) =>
      [escape(title || slug), buffer, archived, trashed, edited, published, adopted, missing.length]
        .map((cell) => `<td>${cell}</td>`)
        .join(''),
  )
  return `<table><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr>${rows.map((row) => `<tr>${row}</tr>`).join('')}</table>`
}

function found(plan: RebuildReport): string {
  const taken = plan.events.reduce(
    (sum, event) => sum + event.taken_out.length + event.unknown_names.length,
    0,
  )
  return [
    say('A rebuild would find this:', '重建將會找到：'),
    table(plan),
    taken > 0
      ? say(
          `Photos that stay unpublished until you publish them again: ${taken}.`,
          `在您重新發布之前不會公開的相片：${taken} 張。`,
        )
      : '',
  ].join('')
}

function actions({ plan }: SafeState): string {
  return [
    say(
      'Rebuild makes it again from the newest good copy, the journals and the photo folders. The file of before is kept. Devices have to be paired again.',
      '「重建」會根據最新的完好副本、日誌與相片資料夾重新建立。原檔案會保留。裝置需要重新配對。',
    ),
    button('look', 'What would it find?', '會找到什麼？'),
    button('rebuild', 'Rebuild', '重建'),
    button('copy', 'Use last copy', '使用最近的副本'),
    plan ? found(plan) : '',
  ].join('')
}

/** The page that stands for the app while there is no catalog.
 * @param isOwner whether it is shown to who may do something about it */
export function safePage(state: SafeState, isOwner: boolean): string {
  const { fault, doing, trouble } = state
  const [english, chinese] = TITLES[fault]
  const isBusy = doing !== 'nothing'
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    isBusy ? '<meta http-equiv="refresh" content="2;url=/catalog">' : '',
    `<title>${english}</title><link rel="stylesheet" href="/catalog/page.css"></head><body>`,
    say(english, chinese, 'h1'),
    say(
      'Guests go on seeing what was published. Nothing is taken in and nothing is published meanwhile: shots stay in the cameras and on the cards.',
      '賓客仍可看到已發布的相片。在此期間不會匯入或發布任何相片：相片留在相機與記憶卡中。',
    ),
    trouble === null ? '' : `<p class="trouble">${escape(trouble)}</p>`,
    isBusy
      ? say('Working. This page goes on by itself.', '處理中。此頁面會自動繼續。')
      : isOwner
        ? actions(state)
        : say(
            'The owner puts it right at the computer: this page there, or npm run rebuild in a terminal.',
            '請主控者在該電腦上處理：開啟此頁面，或在終端機執行 npm run rebuild。',
          ),
    '</body></html>',
  ].join('')
}
