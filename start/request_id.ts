/**
 * The id of a request stands in logs, answers and the audit trail. A proxy may bring one in `X-Request-Id`; anything that is
 * no plain word of at most 128 characters is replaced by an id of ours, so that a visitor writes nothing else in there.
 */
import { HttpRequest } from '@adonisjs/core/http'

const HEADER = 'x-request-id'
const FIT = /^[A-Za-z0-9._-]{1,128}$/

const { id } = HttpRequest.prototype

HttpRequest.prototype.id = function () {
  const brought = this.request.headers[HEADER]
  if (brought !== undefined && !FIT.test(String(brought)))
    Reflect.deleteProperty(this.request.headers, HEADER)
  return id.call(this)
}
