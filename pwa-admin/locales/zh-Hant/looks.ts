import type { Same } from '../same.ts'
import type { looks as en } from '../en/looks.ts'

export const looks: Same<typeof en> = {
  looks: {
    title: '風格',
    titleMany: '為 {n} 張相片選擇風格',
    none: '還沒有風格。把一張相片調到喜歡的樣子，再用一個名稱把它的光線與色彩存在這裡。',
    hint: '以名稱儲存的光線與色彩。裁切與旋轉仍屬於每張相片自己。看相片時，在「編輯 > 風格」儲存。',
    saveAs: '把這張相片的風格存為',
    saveHint: '曝光、對比、色溫與 LUT。使用已有的名稱，就會換成這些數值。',
    addLut: '加入 .cube 檔',
    noLut: '不用 LUT',
    lutHint: '3D LUT，每邊最多 33 點；色彩最後經過它。以名稱儲存這張相片的風格，就會保留。',
    save: '儲存',
    name: '名稱',
    rename: '重新命名',
    delete: '刪除',
    change: '更改「{name}」',
    applied: '已將「{look}」套用到 {n} 張相片',
    fromNowOn: '從現在起：所有新相片',
    fromNowOnOf: '從現在起：{camera} 的新相片',
    banner: '新相片會套用「{look}」風格。',
    bannerOf: '{camera} 的新相片會套用「{look}」風格。',
    scene: '同場景一起套用：{n} 張',
    sceneSaid: '同場景的另外 {n} 張也會跟著改',
  },
}
