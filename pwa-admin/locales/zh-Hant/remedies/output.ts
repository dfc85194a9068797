import type { Same } from '../../same.ts'
import type { output as en } from '../../en/remedies/output.ts'

export const output: Same<typeof en> = {
  no_watermark_image: ['浮水印設為圖片，但還沒選。', '在「更多 > 浮水印」選一張，最好是透明背景的 PNG。'],
  no_watermark_text: ['浮水印設為文字，但文字是空的。', '輸入文字，或關閉浮水印。'],
  watermark_missing: ['圖片檔已從資料夾移除。沒有浮水印就不會發布。', '重新選擇圖片，或關閉。'],
  watermark_broken: ['圖片檔已損壞。沒有浮水印就不會發布。', '重新選擇圖片，或關閉。'],
  missing_letters: ['這裡的字型都沒有這些字。', '拿掉它們；Debian 請安裝 fonts-noto-cjk 後重新啟動。'],
  unknown_font: ['這個字型屬於舊版或另一台電腦。', '請選別的字型。'],
  file_in_use: ['開啟中的浮水印正在使用這張圖片。', '先關閉浮水印，或改選別的圖片。'],
  unknown_picture: ['它在另一台裝置上被移除了。', '重新打開這個區塊。'],
}
