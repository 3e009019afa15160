import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { hash } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'

const retrieve = route({
  method: 'GET',
  path: '/v1/mandates/:mandate',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'mandate', path['mandate']),
})

export const mandates: Module = { routes: [retrieve] }
