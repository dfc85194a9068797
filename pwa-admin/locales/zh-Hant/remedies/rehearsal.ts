import type { Same } from '../../same.ts'
import type * as en from '../../en/remedies/rehearsal.ts'

export const rehearsal: Same<typeof en.rehearsal> = {
  rehearsal_camera_failed: [
    '20 秒內沒有收到那台相機的新相片。',
    '彩排要求時請按下快門；看看狀態列的相機，並檢查連接線。',
  ],
  rehearsal_take_failed: [
    '測試照和其他相片一樣要進入相片資料夾，但那個資料夾沒有收下。',
    '請按「立即檢查」，看看相片資料夾和磁碟空間。',
  ],
  rehearsal_show_failed: [
    '按下按鈕的裝置沒有及時載入圖片：頁面在背景，或 Wi-Fi 訊號太弱。',
    '完成之前請讓頁面開著並留在最前面，並靠近 Wi-Fi。',
  ],
  rehearsal_publish_failed: [
    '製作發布的圖片失敗，多半是浮水印檔案或資料夾的問題。',
    '請手動發布任一張相片：應用程式會說明是什麼擋住了。',
  ],
  rehearsal_here_failed: [
    '賓客在這個網路上的網址沒有回應這個檔案：位址不對、連接埠被占用，或被防火牆擋住。',
    '請按「立即檢查」，看看位址、連接埠和防火牆。',
  ],
  rehearsal_upload_failed: [
    '儲存桶沒有收下檔案。',
    '到「更多 > 雲端」按「測試」：會說明缺少哪個權限或設定。',
  ],
  rehearsal_public_failed: [
    '公開網址屬於別的儲存桶，或賓客頁面還沒有部署。',
    '請確認「更多 > 雲端」的兩個網址都屬於這個儲存桶，然後執行 `npm run deploy`。',
  ],
  rehearsal_remove_failed: [
    '相片資料夾所在的磁碟在中途被拔掉了。',
    '請重新接上磁碟。下次彩排或啟動時會移除測試照。',
  ],
  rehearsal_gone_failed: [
    '儲存桶的金鑰不能刪除，或途中的快取還留著檔案。',
    '請允許金鑰刪除，並在「更多 > 雲端」設定清除快取的權杖，再彩排一次。',
  ],
  rehearsal_not_reached: ['每個步驟都要靠前一步。', '照失敗的那一步說的做，再彩排一次。'],
  rehearsal_late: ['這一步沒有在時間內完成。', '看看這一步牽涉到什麼，尤其是網路，再彩排一次。'],
  rehearsal_pin: [
    '私人活動不會把檔案給沒有輸入 PIN 的人，彩排也不會輸入。',
    '不用處理；用手機打開一次賓客連結看看即可。',
  ],
  rehearsal_no_bucket: ['沒有儲存桶，就沒有東西要送。', '不用處理，或到「更多 > 雲端」設定雲端。'],
  rehearsal_no_public: [
    '沒有公開網址，網際網路上就沒有人找得到相簿。',
    '請到「更多 > 雲端」輸入相簿的網址。',
  ],
  rehearsal_answers: [
    '在這個網址回應的是別的東西，或檔案不在那裡。',
    '用瀏覽器打開這個網址，看看是誰在回應；再和「更多 > 雲端」比對。',
  ],
  rehearsal_other_bytes: ['途中有東西改動了圖片，例如網域的圖片最佳化功能。', '請關閉這個網域的這類功能。'],
  rehearsal_still_there: ['途中的快取還留著已撤下的檔案。', '請在「更多 > 雲端」設定清除快取的權杖。'],
  rehearsal_unpublished: ['前一步沒有發布它。', '照那一步說的做。'],
  rehearsal_in_bucket: ['金鑰不能刪除。', '為這個儲存桶建立有「Object Read & Write」權限的權杖。'],
  rehearsal_in_catalog: ['它的移除在等儲存桶或磁碟。', '把不在的接回來，它會自動消失。'],
  rehearsal_waits: ['先送其他相片，或網際網路中斷了。', '等佇列清空，再彩排一次。'],
  rehearsal_cloud_fault: ['雲端設定不完整或有誤。', '到「更多 > 雲端」修正指出的項目。'],
}
