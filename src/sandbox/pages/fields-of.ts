import type { Context } from 'hono'
import type { Fields } from './entered-method.ts'

/** The text fields of a posted form. */
export async function fieldsOf(context: Context): Promise<Fields> {
  const form = await context.req.parseBody()
  return Object.fromEntries(
    Object.entries(form).map(([name, value]) => [name, typeof value === 'string' ? value : '']),
  )
}
