import type { Same } from '../same.ts'
import type { stage as en } from '../en/stage.ts'

export const stage: Same<typeof en> = {
  stage: {
    label: '相片',
    none: '請選一張相片',
    close: '返回',
    previous: '較新的相片',
    next: '較舊的相片',
    output: '{w} × {h} 像素',
    missing: '這張圖片還沒準備好。',
    previousPhoto: '上一張',
    nextPhoto: '下一張',
    zoom: '100 %',
    before: '編輯前',
    asShot: '原始相片',
  },
}
