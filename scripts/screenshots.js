/**
 * `npm run screenshots` takes the pictures of the README: it starts the demo in a folder of its own, signs in with the
 * system's Chromium and writes each page light and dark into docs/images. CHROMIUM names another browser; `--only=NAME`
 * takes one page. Exit codes: 0 taken, 1 not, 2 bad usage.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { freePort } from './demo_settings.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url))
const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium'
const VIEW = { width: 1440, height: 900 }
const STARTS_WITHIN = 120_000
/** The README is read over slow lines, too. In bytes. */
const LARGEST = 150_000

/** How to get to each page from the overview. */
const PAGES = {
  overview: async () => {},
  accounts: (page, url) => page.goto(`${url}/accounts`),
  account: (page, url) => first(page, `${url}/accounts?q=status%3Areconnect`, /\/accounts\/[0-9a-f-]{36}$/),
  run: (page, url) => first(page, `${url}/runs?trigger=ui`, /\/runs\/[0-9a-f-]{36}$/),
}

/** Opens a list and follows the first link of this shape in its table. */
async function first(page, list, shape) {
  await page.goto(list)
  const links = await page.$$eval('main table a[href]', (all) => all.map((one) => one.href))
  const link = links.find((href) => shape.test(href))
  if (!link) throw new Error(`There is nothing to follow on ${list}`)
  await page.goto(link)
}

/** Starts the demo; resolves with its address, the password and what ends it. */
async function startDemo() {
  const port = await freePort()
  const args = ['scripts/demo.js', `--port=${port}`, '--folder=tmp/screenshots']
  const demo = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(demo, 'exit')
  const password = new Promise((resolve) => {
    let told = ''
    demo.stdout.setEncoding('utf8').on('data', (text) => {
      const found = /Password +(\S+)[^]*Ctrl\+C/.exec((told += text))
      if (found) resolve(found[1])
    })
  })
  const patience = AbortSignal.timeout(STARTS_WITHIN)
  const late = once(patience, 'abort').then(() => null)
  const found = await Promise.race([password, ended.then(() => null), late])
  const stop = async () => {
    demo.kill('SIGTERM')
    await ended
  }
  if (found) return { url: `http://localhost:${port}`, password: found, stop }
  await stop()
  throw new Error('The demo did not start')
}

async function signIn(page, { url, password }) {
  await page.goto(`${url}/login`)
  await page.getByLabel('E-mail address').fill('admin@demo.example')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${url}/`)
}

/** Takes the pages in one colour scheme. */
async function take(browser, demo, colorScheme, names) {
  const context = await browser.newContext({
    ...{ viewport: VIEW, colorScheme, locale: 'en', timezoneId: 'UTC', reducedMotion: 'reduce' },
  })
  const page = await context.newPage()
  const missing = []
  page.on('response', (answer) => {
    if (answer.status() >= 400) missing.push(`${answer.status()} ${answer.url()}`)
  })
  await signIn(page, demo)
  for (const name of names) {
    await page.goto(`${demo.url}/`)
    await PAGES[name](page, demo.url)
    await page.evaluate(() => document.fonts.ready)
    // Such as a style sheet that was built anew meanwhile: the old picture stays.
    if (missing.length > 0) throw new Error(`The page ${name} is not whole: ${missing.join(', ')}`)
    const path = `${FOLDER}${name}-${colorScheme}.jpg`
    await page.screenshot({ path, type: 'jpeg', quality: 76, animations: 'disabled', caret: 'hide' })
    const { size } = statSync(path)
    process.stdout.write(`docs/images/${name}-${colorScheme}.jpg  ${Math.round(size / 1_000)} kB\n`)
    if (size > LARGEST) throw new Error(`${path} is larger than ${LARGEST} bytes`)
  }
  await context.close()
}

async function main() {
  const { only } = parseArgs({ options: { only: { type: 'string' } } }).values
  if (only !== undefined && !Object.hasOwn(PAGES, only)) {
    process.stderr.write(`There is no page "${only}"; there are ${Object.keys(PAGES).join(', ')}.\n`)
    return 2
  }
  mkdirSync(FOLDER, { recursive: true })
  const demo = await startDemo()
  const browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] })
  try {
    for (const scheme of ['light', 'dark'])
      await take(browser, demo, scheme, only ? [only] : Object.keys(PAGES))
    return 0
  } finally {
    await browser.close()
    await demo.stop()
  }
}

main().then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
)
