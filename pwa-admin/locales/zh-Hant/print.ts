import type { Same } from '../same.ts'
import type { print as en } from '../en/print.ts'

export const print: Same<typeof en> = {
  print: '列印',
  hint: '第一張放在賓客桌上，第二張給活動工作人員。',
  guests: '掃描看相片',
  publicLabel: '任何地方都能看，行動網路也可以。',
  lanLabel: '請先連上活動現場的 Wi-Fi。',
  assistant: '給助理',
  assistantLabel: '連上活動現場的 Wi-Fi 後掃描，設定裝置，再輸入主控畫面顯示的配對碼。',
  untested: '公開網址尚未測試（更多 > 雲端 > 測試），因此條碼指向這台電腦。',
  away: '電腦沒有回應。',
  none: '這台電腦還沒有網路位址。',
}
