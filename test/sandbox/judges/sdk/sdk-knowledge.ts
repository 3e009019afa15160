import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Definitions, JsonSchema } from './json-schema.ts'
import { addPartials } from './partial-schema.ts'
import { readErrorSchema } from './sdk-errors.ts'
import type { SdkPackage } from './sdk-package.ts'
import { openSdkProgram } from './sdk-program.ts'
import { readRoutes } from './sdk-routes.ts'
import type { SdkRoute } from './sdk-routes.ts'
import { createSchemaWriter } from './type-schema.ts'

/** All that the judges take from the SDK. Plain data, so that it can be kept. */
export interface SdkKnowledge {
  /** The version of the API that the SDK describes: `2026-10-28.endive`. */
  apiVersion: string
  definitions: Definitions
  routes: SdkRoute[]
  /** Names of the definitions that carry an `object`, by its value: `customer`. */
  objects: Record<string, string[]>
  /** Name of the definition of each event, by its type. */
  events: Record<string, string>
  /** The same for thin events (`v2.core.event`). */
  thinEvents: Record<string, string>
  error: JsonSchema
}

/** Reads everything out of the SDK's files; takes seconds. */
export function readSdk(sdk: SdkPackage): SdkKnowledge {
  const program = openSdkProgram(sdk)
  const writer = createSchemaWriter(program.checker)
  const { definitions } = writer
  // The routes' answers reach every object and, through the two lists of events, every event.
  const routes = readRoutes(sdk, program, writer)
  const error = readErrorSchema(sdk, program, program.checker, writer)
  const objects = namesByObject(definitions)
  addPartials(definitions)
  return {
    apiVersion: readApiVersion(sdk),
    definitions,
    routes,
    objects,
    events: byType(objects['event'] ?? [], definitions),
    thinEvents: byType(objects['v2.core.event'] ?? [], definitions),
    error,
  }
}

function namesByObject(definitions: Definitions): Record<string, string[]> {
  const objects: Record<string, string[]> = {}
  for (const [name, { properties }] of Object.entries(definitions)) {
    const object = properties?.['object']?.const
    if (typeof object === 'string') (objects[object] ??= []).push(name)
  }
  return objects
}

function byType(names: readonly string[], definitions: Definitions): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const type = definitions[name]?.properties?.['type']?.const
      return typeof type === 'string' ? [[type, name]] : []
    }),
  )
}

function readApiVersion(sdk: SdkPackage): string {
  const text = readFileSync(join(sdk.root, 'cjs', 'apiVersion.js'), 'utf8')
  const version = /ApiVersion = '([^']+)'/.exec(text)?.[1]
  if (version === undefined) throw new Error("The SDK's apiVersion.js names no version.")
  return version
}
