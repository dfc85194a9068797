import type { Same } from '../same.ts'
import type { connect as en } from '../en/connect.ts'

export const connect: Same<typeof en> = {
  connect: {
    title: '連線',
    guests: '賓客',
    guestsHint: '賓客掃描條碼或輸入網址。',
    assistant: '助理',
    assistantHint: '掃描後設定裝置，再配對。',
    assistantApp: '掃描開啟程式，再配對裝置。',
    public: '公開，任何地方都能看',
    publicUntested: '公開，尚未測試',
    venue: '這個網路',
    byName: '用名稱',
    alone: '這台電腦還沒有網路位址。請連上 Wi-Fi 或插上網路線。',
    print: '列印用紙',
    setup: '設定這台裝置',
    setupHint: '設定後可以安裝程式，Wi-Fi 斷線時也能繼續使用。',
    https: {
      off: 'HTTPS 已關閉。程式可在瀏覽器裡使用，但無法安裝。',
      on: 'HTTPS 正常，可以安裝程式。',
      trouble: 'HTTPS 無法使用。程式可在瀏覽器裡使用，但無法安裝。',
    },
    cause: {
      tls_open: '這台電腦上的其他使用者能讀取金鑰。請在終端機對 config/tls/authority.pem 執行 chmod 600。',
      tls_damaged:
        'config/tls 裡的憑證已損壞。請從備份還原；或刪除該資料夾後重新啟動，之後每台 iPad 都要安裝新的描述檔。',
      tls_lost:
        'config/tls 裡的憑證不見了。請從備份還原；或刪除該資料夾後重新啟動，之後每台 iPad 都要安裝新的描述檔。',
      tls_clock: '這台電腦的時鐘不對。校正後 HTTPS 會自動恢復。',
      tls_over: '憑證已到期，或這台電腦的時鐘不對。',
      port_in_use: '連接埠被其他程式使用。請用 --https-port 換一個。',
    },
    mark: '這台電腦憑證的識別碼：{mark}',
    taken: '這裡有另一台電腦也叫 {name}。請改用位址，或替這台電腦改名。',
    away: 'iPad 打不開這個網址？',
    away1: 'iPad 和這台電腦在同一個 Wi-Fi 嗎？',
    away2: '這台電腦的防火牆允許連入嗎？Mac：系統設定 > 網路 > 防火牆，允許 node 接受連線。',
    away3:
      '許多訪客網路會把裝置彼此隔開（用戶端隔離），在裝置上怎麼設定都沒用。請自備路由器或用手機熱點，把這台電腦和 iPad 都連上去。',
  },
}
