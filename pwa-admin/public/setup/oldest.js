/* Shows which system is the oldest, in words and syntax that any browser can read: an older one cannot read what it
   would have to load. Looks for what came with Safari 16.4 and Chrome 111. */
;(function () {
  function isFit() {
    try {
      new RegExp('(?<=a)b')
    } catch (error) {
      return !error
    }
    return (
      typeof Array.prototype.findLast === 'function' &&
      typeof structuredClone === 'function' &&
      !!window.CSS &&
      CSS.supports('container-type', 'inline-size') &&
      CSS.supports('height', '1dvh')
    )
  }
  function say() {
    var line = document.createElement('p')
    line.id = 'oldest'
    line.setAttribute('role', 'alert')
    line.style.cssText =
      'position:fixed;z-index:99;left:0;right:0;top:0;margin:0;padding:12px;font:16px/1.4 sans-serif;color:#111;background:#ffd54f'
    line.textContent =
      'This page needs iPadOS or iOS 16.4, Safari 16.4, Chrome 111 or newer. Please update this device. ' +
      '\u9019\u500b\u9801\u9762\u9700\u8981 iPadOS \u6216 iOS 16.4\u3001Safari 16.4\u3001Chrome 111 \u6216\u66f4\u65b0\u7684\u7248\u672c\uff0c\u8acb\u66f4\u65b0\u9019\u53f0\u88dd\u7f6e\u3002'
    document.body.appendChild(line)
  }
  if (isFit()) return
  if (document.body) say()
  else document.addEventListener('DOMContentLoaded', say)
})()
