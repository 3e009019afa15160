import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import type { SdkPackage } from './sdk-package.ts'

/** The name under which a number written as a string goes; see `WIRE`. */
export const DECIMAL = 'Decimal'

/**
 * What differs between the SDK's types and Stripe's JSON. The SDK makes `Decimal` objects of
 * strings such as `"12.5"`, and adds `OtherString` to every enum so that users' code is ready for
 * values to come; a stand-in must keep to those that exist.
 */
const WIRE: readonly [RegExp, string][] = [
  [/^export \{ Decimal \} from .*$/m, `export interface ${DECIMAL} { readonly written: string }`],
  [/^export type OtherString = .*$/m, 'export type OtherString = never;'],
]

export interface SdkProgram {
  checker: ts.TypeChecker
  /** The parsed `.d.ts` at the path of a resource (without ending). */
  source(resource: string): ts.SourceFile
}

/** The SDK's declarations as a checked program, with the types as they are on the wire. */
export function openSdkProgram(sdk: SdkPackage): SdkProgram {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2018,
    lib: ['lib.es2018.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  }
  const shared = join(sdk.root, 'cjs', 'shared.d.ts')
  const host = ts.createCompilerHost(options)
  const parse = host.getSourceFile.bind(host)
  host.getSourceFile = (name, languageVersion, ...rest) =>
    name === shared
      ? ts.createSourceFile(name, asOnTheWire(readFileSync(name, 'utf8')), languageVersion)
      : parse(name, languageVersion, ...rest)
  // `/// <reference types="node" />` would cost a second and describes nothing of the API.
  host.resolveTypeReferenceDirectiveReferences = (references) =>
    references.map(() => ({ resolvedTypeReferenceDirective: undefined }))

  const names = sdk.resources.map((resource) => `${resource}.d.ts`)
  const types = join(sdk.root, 'cjs', 'Types.d.ts')
  const program = ts.createProgram([...names, types], options, host)
  return {
    checker: program.getTypeChecker(),
    source(resource) {
      const file = program.getSourceFile(`${resource}.d.ts`)
      if (file === undefined) throw new Error(`${resource}.d.ts is not part of the SDK's program.`)
      return file
    },
  }
}

function asOnTheWire(text: string): string {
  let changed = text
  for (const [pattern, replacement] of WIRE) {
    if (!pattern.test(changed)) {
      throw new Error(`The SDK's shared.d.ts has no line like ${String(pattern)} any more.`)
    }
    changed = changed.replace(pattern, replacement)
  }
  return changed
}
