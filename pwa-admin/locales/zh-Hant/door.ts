import type { Same } from '../same.ts'
import type { door as en } from '../en/door.ts'

export const door: Same<typeof en> = {
  door: {
    title: '誰可以觀看',
    kind: {
      front: '首頁公開',
      link: '憑連結',
      pin: '憑 PIN 碼',
    },
    hint: {
      front: '只要打開相簿網址，就能看到目前進行中的這場活動。',
      link: '只有取得此活動專屬網址或 QR 碼的人看得到，相簿首頁不會顯示任何內容。',
      pin: '開啟此活動的專屬網址後，每台裝置需輸入一次 PIN 碼。',
    },
    pin: 'PIN 碼',
    pinHint: '四到八位數字，留空則自動產生。更改後，賓客需重新輸入。',
    pinUnfit: 'PIN 碼為四到八位數字。',
    ends: '關閉時間',
    endsHint: '在此之後，頁面會說明照片已經下線。留空則永不關閉。',
  },
}
