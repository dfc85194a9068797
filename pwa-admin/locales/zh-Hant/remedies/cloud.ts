import type { Same } from '../../same.ts'
import type { cloud as en } from '../../en/remedies/cloud.ts'

export const cloud: Same<typeof en> = {
  away: [
    '電腦沒有網際網路，或連不上儲存桶的服務商。',
    '不必處理：場地的網路照常運作。要給外面的賓客看，請換網路或用手機熱點。',
  ],
  portal: ['場地的 Wi-Fi 用登入頁面代替網際網路。', '在 Mac 上打開任何網頁並登入。'],
  busy: ['服務商要求放慢。', '不必處理，會自動繼續。'],
  mismatch: ['讀回的內容與送出的不同，多半是網路或代理伺服器不良。', '會再送一次。若仍如此，請換網路。'],
  changed: ['兩台 Mac 同時寫入同一份清單。', '不必處理，兩份清單會合併。'],
  clock: ['送往儲存桶的要求帶有時間，時鐘不對就無效。', '把日期與時間設為自動。'],
  keys: [
    '權杖已刪除，或金鑰複製錯了。',
    'R2 > Manage API tokens：建立新的，並把兩個金鑰填入「更多 > 雲端」。',
  ],
  rights: ['權杖只能讀取，或是給另一個儲存桶的。', '為這個儲存桶建立有「Object Read & Write」的權杖。'],
  no_bucket: ['名稱拼錯，或儲存桶已刪除。', '在「更多 > 雲端」更正，或建立儲存桶。'],
  endpoint: ['端點裡的帳號或區域是別的。', '從 R2 > 儲存桶 > Settings 重新複製端點；R2 的區域是 auto。'],
  full: ['已達服務商的上限，或有未付的帳單。', '查看服務商的帳單頁面。之後等候的會自動送出。'],
  locked: [
    '儲存桶有鎖定或保留規則：清單不能更新，相片也取不下來。',
    'R2 > 儲存桶 > Settings > Bucket lock rules：移除它。',
  ],
  account: ['服務商停用了帳號。', '查看服務商的控制台和電子郵件。'],
  restored: [
    '備份裡可能有後來才取下的相片。',
    '查看已發布的相片、取下不該公開的，再到「更多 > 雲端」按「儲存」。',
  ],
  ours: ['程式本身出錯。', '重新啟動（npm run agent -- restart）。若仍如此，請附上記錄檔最後幾行回報。'],
  taken: [
    '另一台 Mac 使用儲存桶裡同一個資料夾，且有同名檔案。',
    '在其中一台結束活動，或為這個活動換一個儲存桶中的資料夾。',
  ],
  refused: [
    '服務商以自己的理由拒絕。',
    '在「更多 > 雲端」按「測試」並看記錄檔；npm run cloud -- status 有更多說明。',
  ],
  folder: ['資料夾的磁碟已滿或只能讀取。', '清出空間，或讓它可以寫入。'],
  file: [
    '已發布相片的資料夾所在磁碟不在，或裡面的檔案被移除。',
    '接上磁碟。npm run cloud -- verify 會列出缺少的檔案，refresh 送出其餘的。',
  ],
  another_mac: ['第二台 Mac 發布到同一個活動。', '若是刻意的，不必處理；否則在那台結束活動。'],
  public_away: [
    '網頁還沒部署、連到另一個儲存桶，或公開網址是別的網頁。',
    '執行 npm run deploy，檢查 wrangler.toml 的 bucket_name，再按「測試」。',
  ],
  secrets_open: [
    '電腦的其他使用者能讀取金鑰檔案，所以不使用它。',
    '執行畫面上的 chmod，再打開「更多 > 雲端」。',
  ],
  from_environment: ['LEP_S3_… 指定的優先於表單。', '到那裡更改，或不帶這些變數啟動。'],
  cloud_incomplete: ['四項之中有一項是空的。', '填入端點、儲存桶、存取金鑰 ID 和私密存取金鑰。'],
  bad_address: ['缺少 https://，或含有空白等字元。', '重新複製。'],
  address_login: ['帳號和密碼不該放在網址裡。', '去掉「@」前面的部分。'],
  address_query: ['只需要網址本身。', '去掉「?」或「#」後面的部分。'],
  address_dashboard: ['瀏覽器網址列上的是控制台的網址。', '從 R2 > 儲存桶 > Settings 複製 S3 API 的網址。'],
  https_due: ['金鑰和圖片不能在網際網路上明文傳送。', '網址以 https:// 開頭。'],
  endpoint_is_page: [
    'pages.dev 顯示網頁；金鑰用在 S3 API。',
    '端點填 https://<account>.r2.cloudflarestorage.com。',
  ],
  endpoint_path: ['儲存桶名稱有自己的欄位。', '去掉主機名稱後面的部分。'],
  bucket_name: ['儲存桶的命名規則很嚴格。', '從控制台複製名稱。'],
  key_signs: ['連同空白、引號或換行一起複製了。', '一次只複製一個金鑰。'],
  bad_region: ['區域是像 auto 或 eu-central-1 的短字。', 'R2 請填 auto。'],
  public_is_bucket: ['賓客無法在 S3 API 讀取。', '填入 npm run deploy 印出的網址。'],
  public_path: ['網頁的網址只到主機名稱。', '去掉主機名稱後面的部分。'],
  photo_base_api: ['S3 API 需要金鑰。', '為儲存桶設定網域：R2 > 儲存桶 > Settings > Custom domains。'],
}
