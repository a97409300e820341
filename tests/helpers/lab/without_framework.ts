/** Leaves out of this process what a worker of the laboratory does not use. Import it before anything of the application. */
import { registerHooks } from 'node:module'

// A worker neither connects accounts nor keeps runs nor has providers that were added in pages, and these parts would
// bring the whole framework along: half of the time that a process takes to start, once for each kill.
const UNUSED: Readonly<Record<string, string>> = {
  '#services/connection_service': 'export class ConnectionService {}',
  '#services/run_service': 'export class RunService {}',
  '#services/provider_rows': `export const providerRows = { stamp: async () => '' }`,
  '#services/mcp/renew_client': `export const renewClient = async () => 'not_ours'
    export const secretHasExpired = () => false`,
}
registerHooks({
  resolve(specifier, context, next) {
    // What else of it comes along finds no application here, and asks for none.
    const isApplication = /^@adonisjs\/[^/]+\/services\//.test(specifier)
    const source = isApplication ? 'export default null' : UNUSED[specifier]
    if (source === undefined) return next(specifier, context)
    return { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true }
  },
})
