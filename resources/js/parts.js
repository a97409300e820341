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
      this.show(true, 'Copied')
      setTimeout(() => this.show(false, own), 2000)
    },
    show(done, label) {
      this.done = done
      this.idle = !done
      this.label = label
    },
  }
}

/** Alpine: a message that can be closed. */
export function dismissible() {
  return {
    shown: true,
    dismiss() {
      this.shown = false
    },
  }
}
