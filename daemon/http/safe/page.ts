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

export const SAFE_STYLE = `:root{color-scheme:dark;background:#171717;color:#ececec;font:17px/1.5 system-ui,"PingFang TC","Noto Sans TC",sans-serif}
body{max-width:44rem;margin:0 auto;padding:clamp(1.5rem,6vh,4rem) 1.25rem}
h1{margin:0;font-size:1.65rem;line-height:1.25;text-wrap:balance}h2{margin:1.5rem 0 0;font-size:1.15rem}h1+h1,h2+h2{margin-top:.15rem}
p{margin:1.25rem 0 0;text-wrap:pretty}p[lang=zh-Hant],h1[lang=zh-Hant],h2[lang=zh-Hant]{color:#a3a3a3}p[lang=zh-Hant]{margin-top:.25rem}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.75rem}form{flex:1 1 12rem}
button{width:100%;min-height:64px;padding:.5rem 1rem;border:1px solid #333;border-radius:10px;background:#222;color:inherit;font:inherit;line-height:1.3;cursor:pointer}
button span{display:block;color:#a3a3a3;font-size:.85em}.first button{border-color:#f5b544;background:#f5b544;color:#171717;font-weight:600}.first button span{color:inherit}
button:focus-visible{outline:3px solid #f5b544;outline-offset:3px}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:.75rem 1rem;margin:.75rem 0 0;padding:1rem;border:1px solid #333;border-radius:10px}
dl div{display:flex;flex-direction:column-reverse}dt{color:#a3a3a3;font-size:.76rem;line-height:1.3}dd{margin:0;font-size:1.5rem;font-variant-numeric:tabular-nums}
h3{margin:1.25rem 0 0;font-size:1rem;overflow-wrap:anywhere}.trouble{padding:.75rem 1rem;border-left:3px solid #ff7a6b;background:#222}`

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

function button(action: string, english: string, chinese: string, isFirst = false): string {
  return `<form method="post" action="/catalog/${action}"${isFirst ? ' class="first"' : ''}><button>${english}<span lang="zh-Hant">${chinese}</span></button></form>`
}

/** What would be there again, for each Event: figures below their names, on a phone too. */
function figures(plan: RebuildReport): string {
  return plan.events
    .map(({ slug, title, buffer, archived, trashed, edited, published, adopted, missing }) => {
      const list = [
        ['Inbox', '收件匣', buffer],
        ['Archive', '已封存', archived],
        ['Trash', '垃圾桶', trashed],
        ['Edited', '已修', edited],
        ['Published', '已發布', published],
        ['Adopted', '納入', adopted],
        ['Missing', '遺失', missing.length],
      ] as const
      const cells = list.map(
        ([english, chinese, count]) =>
          `<div><dt>${english} <span lang="zh-Hant">${chinese}</span></dt><dd>${count}</dd></div>`,
      )
      return `<h3>${escape(title || slug)}</h3><dl>${cells.join('')}</dl>`
    })
    .join('')
}

function found(plan: RebuildReport): string {
  const taken = plan.events.reduce(
    (sum, event) => sum + event.taken_out.length + event.unknown_names.length,
    0,
  )
  return [
    '<section id="found">',
    say('A rebuild would find this:', '重建將會找到：', 'h2'),
    figures(plan),
    taken > 0
      ? say(
          `Photos that stay unpublished until you publish them again: ${taken}.`,
          `在您重新發布之前不會公開的相片：${taken} 張。`,
        )
      : '',
    '</section>',
  ].join('')
}

function actions({ plan }: SafeState): string {
  return [
    say(
      'Rebuild makes it again from the newest good copy, the journals and the photo folders. The file of before is kept. Devices have to be paired again.',
      '「重建」會根據最新的完好副本、日誌與相片資料夾重新建立。原檔案會保留。裝置需要重新配對。',
    ),
    '<div class="actions">',
    button('rebuild', 'Rebuild', '重建', true),
    button('look', 'What would it find?', '會找到什麼？'),
    button('copy', 'Use last copy', '使用最近的副本'),
    '</div>',
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
    isBusy ? '<meta http-equiv="refresh" content="2">' : '',
    `<title>${english}</title><link rel="stylesheet" href="/catalog/page.css"></head><body>`,
    say(english, chinese, 'h1'),
    say(
      'Guests go on seeing what was published. Nothing is taken in and nothing is published meanwhile: shots stay in the cameras and on the cards.',
      '賓客仍可看到已發布的相片。在此期間不會匯入或發布任何相片：相片留在相機與記憶卡中。',
    ),
    trouble === null ? '' : `<p class="trouble" role="alert">${escape(trouble)}</p>`,
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
