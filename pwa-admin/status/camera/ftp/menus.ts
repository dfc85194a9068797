/** Where a body's menu has FTP, in the words of its English menu: names, which are translated nowhere. They differ by model
 * and firmware and were not tried on bodies, which the page says. */
export const MENUS = [
  {
    maker: 'Canon',
    path: ['Network settings', 'Connection settings', 'FTP trans.'],
    set: ['Passive mode: Enable', 'FTP transfer settings > Automatic transfer: Enable'],
  },
  {
    maker: 'Nikon',
    path: ['NETWORK MENU', 'Connect to FTP server', 'Network settings', 'Create profile'],
    set: ['PASV mode: ON', 'Options > Auto upload: ON'],
  },
  {
    maker: 'Sony',
    path: ['Network', 'Transfer/Remote', 'FTP Transfer Func.', 'Server Setting'],
    set: ['FTP Function: On', 'Auto FTP Transfer: On'],
  },
  {
    maker: 'Fujifilm',
    path: ['NETWORK/USB SETTING', 'FTP OPTIONAL SETTING'],
    set: ['PASV mode: ON'],
  },
  {
    maker: 'Panasonic',
    path: ['Setup', 'IN/OUT', 'Wi-Fi', 'FTP'],
    set: ['PASV: ON'],
  },
] as const
export type Maker = (typeof MENUS)[number]['maker']
