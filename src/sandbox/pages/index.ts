import { Hono } from 'hono'
import { authenticateRoutes } from './authenticate-routes.ts'
import { buyRoutes } from './buy-routes.ts'
import { checkoutRoutes } from './checkout-routes.ts'
import type { PagesOptions } from './page-options.ts'
import { portalRoutes } from './portal-routes.ts'
import { shopRoutes } from './shop-routes.ts'

export type { PagesOptions } from './page-options.ts'
export { SHOP_CATALOG, SHOP_PRICES, stockShop, type ShopCatalog } from './stock-shop.ts'

/** Everything of the sandbox that a browser shows: rendered here, and working without JavaScript. */
export function createPages(options: PagesOptions): Hono {
  const app = new Hono()
  app.route('/', checkoutRoutes(options))
  app.route('/', authenticateRoutes(options))
  app.route('/', portalRoutes(options))
  app.route('/', buyRoutes(options))
  app.route('/', shopRoutes(options))
  return app
}
