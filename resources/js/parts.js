import { WORDS } from './words.js'

/** A message that all went well goes by itself, in milliseconds. */
const PASSING = 8_000

/** Alpine: copies the text in `data-copy` and says so for two seconds. */
export function copyButton() {
  return {
    done: false,
    idle: true,
    label: '',
    init() {
      this.label = this.$el.getAttribute('aria-label')
    },
    async copy() {
      const own = this.label
      await navigator.clipboard.writeText(this.$el.dataset.copy)
      this.show(true, WORDS.copied)
      setTimeout(() => this.show(false, own), 2000)
    },
    show(done, label) {
      this.done = done
      this.idle = !done
      this.label = label
    },
  }
}

/** Alpine: a message that can be closed. One that passes goes by itself, but not while somebody is at it. */
export function dismissible() {
  return {
    shown: true,
    timer: null,
    init() {
      this.release()
    },
    hold() {
      clearTimeout(this.timer)
    },
    release() {
      clearTimeout(this.timer)
      if ('passing' in this.$root.dataset) this.timer = setTimeout(() => this.dismiss(), PASSING)
    },
    dismiss() {
      this.hold()
      this.shown = false
    },
    destroy() {
      this.hold()
    },
  }
}
