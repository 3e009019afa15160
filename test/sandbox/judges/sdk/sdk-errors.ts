import ts from 'typescript'
import { join } from 'node:path'
import type { Definitions, JsonSchema } from './json-schema.ts'
import type { SdkPackage } from './sdk-package.ts'
import type { SdkProgram } from './sdk-program.ts'
import type { SchemaWriter } from './type-schema.ts'

/** What the SDK itself adds to an error it received. */
const ADDED_BY_SDK = ['headers', 'statusCode', 'requestId', 'detail', 'exception', 'user_message']

/** The body of every answer that is no success: `{ "error": { "type", "message", … } }`. */
export function readErrorSchema(
  sdk: SdkPackage,
  { source }: SdkProgram,
  checker: ts.TypeChecker,
  { schemaOf, definitions }: SchemaWriter,
): JsonSchema {
  const declaration = source(join(sdk.root, 'cjs', 'Types')).statements.find(
    (node) => ts.isTypeAliasDeclaration(node) && node.name.text === 'StripeRawError',
  )
  if (declaration === undefined || !ts.isTypeAliasDeclaration(declaration)) {
    throw new Error("The SDK's Types.d.ts has no type StripeRawError any more.")
  }
  const properties = { ...schemaOf(checker.getTypeAtLocation(declaration.type)).properties }
  for (const name of ADDED_BY_SDK) delete properties[name]
  return {
    type: 'object',
    properties: {
      error: {
        type: 'object',
        // The SDK declares all as optional; no answer of Stripe's is without these two.
        required: ['type', 'message'],
        properties: { ...properties, code: errorCodes(definitions) },
        additionalProperties: false,
      },
    },
    required: ['error'],
    additionalProperties: false,
  }
}

/** `StripeRawError.code` is a plain string; the list of codes is at the errors that are kept. */
function errorCodes(definitions: Definitions): JsonSchema {
  return definitions['PaymentIntent.LastPaymentError']?.properties?.['code'] ?? { type: 'string' }
}
