import type { Same } from '../same.ts'
import type { offline as en } from '../en/offline.ts'

export const offline: Same<typeof en> = {
  offline: {
    away: 'Mac 不在線上。可以繼續瀏覽、編輯和決定，之後會自動送出。',
    gone: 'Mac 不在線上。',
    waits: '這台裝置上有 {n} 個決定等著送出。',
    reopen: '之後請再開啟 {address}：瀏覽器只在這個網址下保留它們。',
    sending: '正在送出 {n} 個決定。',
    refused: '有 {n} 個決定等著這台裝置重新配對。',
    fleeting: '這個瀏覽器不保留任何東西：關閉頁面，等著的決定就會遺失。',
    takeBack: '收回上一個',
    tile: '等待 Mac',
    tileConflict: '需要你回答',
    newVersion: '新版本已準備好；沒有人使用這個畫面時會自動更新。',
    reload: '重新載入',
    conflicts: '有 {n} 個決定沒有成功',
    retry: '再試一次',
    send: '現在送出',
    drop: '放棄',
    retryAll: '全部再試一次',
    more: '{name} 和另外 {n} 張',
    blocked: '這張相片之後的 {n} 個決定在等你回答。',
    did: {
      publish: '發布 {name}。',
      unpublish: '取消發布 {name}。',
      archive: '封存 {name}。',
      reject: '丟棄 {name}。',
      restore: '還原 {name}。',
      rate: '評分 {name}。',
      caption: '為 {name} 寫圖說。',
      print: '列印 {name}。',
      desk: '把 {name} 送到編輯台。',
      edit: '編輯 {name}。',
    },
  },
}
