import { readFile } from 'node:fs/promises'
import { FAULTS } from '#sandbox/faults'
import { readForm } from '#sandbox/form'
import { controlView } from '#sandbox/views/control_view'
import { errorPage } from '#sandbox/views/error_page'
import { liveView } from '#sandbox/views/live_view'
import type { Context, Middleware } from 'oidc-provider'
import type { SandboxControl } from '#sandbox/control'
import type { FaultKind } from '#sandbox/faults'
import type { ControlState } from '#sandbox/views/control_view'

const ASSETS: Record<string, string> = {
  '/assets/sandbox.css': 'text/css; charset=utf-8',
  '/assets/live.js': 'text/javascript; charset=utf-8',
  '/assets/icon.svg': 'image/svg+xml',
}

type Action = (form: URLSearchParams, control: SandboxControl) => boolean

/** What the page's forms do. False means that the form held something impossible. */
const ACTIONS: Record<string, Action> = {
  '/control/revoke': (form, control) => control.revoke(form.get('account') ?? '') >= 0,
  '/control/fail': planFaults,
  '/control/clear': (_form, control) => {
    control.failNext(0)
    return true
  },
  '/control/down': (form, control) => {
    control.down(true, form.get('mode') === 'hang_up' ? 'hang_up' : 'unavailable')
    return true
  },
  '/control/up': (_form, control) => {
    control.down(false)
    return true
  },
}

/** Serves the sandbox's own page, its files and its forms. */
export function controlPage(control: SandboxControl, state: () => ControlState): Middleware {
  return async (ctx, next) => {
    if (ctx.method === 'POST' && ACTIONS[ctx.path]) return act(ctx, ACTIONS[ctx.path], control)
    if (ctx.method !== 'GET') return next()
    if (ctx.path === '/') return page(ctx, controlView(state()))
    if (ctx.path === '/live') return page(ctx, liveView(state()).text)
    if (ASSETS[ctx.path]) return asset(ctx)
    return next()
  }
}

async function act(ctx: Context, action: Action, control: SandboxControl): Promise<void> {
  if (action(await readForm(ctx), control)) {
    ctx.redirect('/')
    ctx.status = 303
    return
  }
  page(ctx, errorPage('Not done', 'The form was not complete. Go back and try again.'))
  ctx.status = 400
}

function planFaults(form: URLSearchParams, control: SandboxControl): boolean {
  const count = Number(form.get('count'))
  const kind = form.get('kind') ?? ''
  if (!Number.isInteger(count) || count < 1 || count > 1000 || !Object.hasOwn(FAULTS, kind)) return false
  control.failNext(count, kind as FaultKind, { accountId: form.get('account') || undefined })
  return true
}

function page(ctx: Context, text: string): void {
  ctx.set('Cache-Control', 'no-store')
  ctx.type = 'html'
  ctx.body = text
}

async function asset(ctx: Context): Promise<void> {
  ctx.set('Content-Type', ASSETS[ctx.path])
  ctx.set('Cache-Control', 'no-cache')
  ctx.body = await readFile(new URL(`.${ctx.path}`, import.meta.url))
}
