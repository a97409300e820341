import type { HttpContext } from '@adonisjs/core/http'
import { listViewForm, printListView, VIEW_COOKIE } from '#validators/list_view'
import { safeReturnTo } from '#validators/return_to'

/** Which columns the list of accounts shows in this browser, and how high its rows are. */
export default class ListViewController {
  store({ request, response }: HttpContext) {
    const view = printListView(listViewForm(request.body()))
    response.plainCookie(VIEW_COOKIE, view, {
      encode: false,
      httpOnly: true,
      maxAge: '365d',
      sameSite: 'lax',
    })
    return response
      .redirect()
      .status(303)
      .toPath(safeReturnTo(request.input('return_to'), '/accounts'))
  }
}
