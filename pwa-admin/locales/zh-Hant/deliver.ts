import type { Same } from '../same.ts'
import type { deliver as en } from '../en/deliver.ts'

export const deliver: Same<typeof en> = {
  deliver: {
    title: '交件',
    hint: '把這個活動的相片複製到這台電腦的資料夾：給新人、編輯台，或帶回家。每個檔案都會讀回核對，delivery.json 和 summary.txt 說明內容。對同一個資料夾再做一次，只補上缺少的，不會覆寫你的檔案。',
    folder: '資料夾',
    second: '第二個資料夾',
    secondHint: '同時得到一樣的內容。',
    none: '尚未選擇',
    choose: '選擇',
    noSecond: '不用第二個資料夾',
    what: '相片',
    whats: {
      published: '已發布',
      picks: '精選',
      rated: '依星等',
      all: '全部（垃圾桶除外）',
    },
    rating: '至少幾顆星',
    as: '形式',
    ass: {
      published: '與發布相同',
      edited: '編輯後的完整尺寸，無浮水印',
      shot: '原始檔：JPEG 和 RAW',
    },
    sidecars: '附屬檔',
    sidecarsHint: '每個檔案旁附上星等、精選和裁切（.xmp），供 Lightroom、Capture One 等使用。',
    zip: '另外做成 zip',
    folders: '子資料夾',
    foldersBy: {
      none: '不分',
      camera: '依相機',
      photographer: '依攝影師',
      hour: '依小時',
    },
    names: '檔名',
    namesHint: '留空：維持原名。或：{fields}',
    begin: '交件',
    again: '再交一次',
    stop: '停止',
    running: '{n} / {m}',
    done: '{n} 個檔案都在了，其中 {written} 個是新的。',
    partly: '{n} 個檔案都在了；{failed} 個無法交出。',
    stopped: '已停止（{n} / {m}）。再開始會從這裡接著做。',
    more: '還有 {n} 個，summary.txt 全部列出。',
  },
}
