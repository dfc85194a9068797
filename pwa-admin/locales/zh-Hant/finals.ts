import type { Same } from '../same.ts'
import type { finals as en } from '../en/finals.ts'

export const finals: Same<typeof en> = {
  finals: {
    title: '完成檔',
    hint: '修圖師交回的成品。每一張都會取代原來的相片，已發布的也會在相簿裡更新。',
    choose: '選擇完成檔',
    mark: '完成檔',
    shows: '目前顯示完成檔 {name}。',
    back: '回到前一個版本',
    backSure: '要回去嗎？賓客會再看到前一個版本。',
    wait: '有 {n} 個完成檔等你確認屬於哪張相片。',
    look: '查看',
    whose: '這是哪張相片的完成檔？',
    none: '沒有等待確認的完成檔。',
    of: '第 {n} 個，共 {m} 個',
    thisOne: '是這張相片的',
    other: '其他相片（輸入檔名）',
    own: '當作一張新相片',
    leave: '不處理',
    picture: '完成檔 {name}',
    reason: {
      no_match: '這個活動沒有檔名相符、或時間與相機相符的相片。',
      several: '可能屬於不只一張相片。',
      differs: '檔名屬於一張相片，時間與相機卻屬於另一張。',
      other_time: '檔名相符，但拍攝時間不同。',
      other_camera: '檔名相符，但相機不同。',
      other_event: '可能屬於另一個活動：那裡也有這樣的相片。',
    },
    retoucher: '修圖師：傳來的是完成檔',
    retoucherMark: '完成檔',
  },
}
