import fc from 'fast-check'
import { anyRecord } from '../support/avro-arbitrary.ts'
import { ENCODINGS, encodeRecord, MEDIA_TYPES } from '../support/encode-record.ts'
import { catalogueLines } from '../support/endpoint-catalogue.ts'
import { type Expectation, type Input, inputOf } from './input.ts'
import { anyDocumentChange, changeDocument } from './mutation.ts'

/** The inputs of one scope, which has a path such as `/~rules`. */
export class ScopeInputs {
  readonly #scope: string

  constructor(scope: string) {
    this.#scope = scope
  }

  /** A request of the control API without a body. */
  control(method: string, route: string): Input {
    return inputOf({ method, path: `${this.#scope}/__mock${route}` }, { kind: 'control' })
  }

  /** Documents that are sent to the control API; of some, one value is changed. */
  documents(
    { method = 'POST', route }: { readonly method?: string; readonly route: string },
    documents: fc.Arbitrary<unknown>,
  ): fc.Arbitrary<Input> {
    const path = `${this.#scope}/__mock${route}`
    return fc
      .tuple(documents, fc.option(anyDocumentChange, { freq: 3 }))
      .map(([document, change]) => {
        const value = change ? changeDocument(document, change) : document
        const body = Buffer.from(JSON.stringify(value) ?? '')
        return inputOf({ method, path, body }, { kind: 'control' })
      })
  }

  /** Valid calls of endpoints in all encodings. */
  calls(
    endpoints: readonly string[],
    expectedOf: (endpoint: string) => Expectation,
  ): fc.Arbitrary<Input> {
    const lines = catalogueLines.filter(({ endpoint }) => endpoints.includes(endpoint))
    return fc.oneof(
      ...lines.map(({ endpoint, request }) =>
        fc
          .tuple(anyRecord(request.fields), fc.constantFrom(...ENCODINGS))
          .map(([record, encoding]) => {
            const headers = { 'content-type': MEDIA_TYPES[encoding] }
            const body = encodeRecord(request.fields, { record, encoding })
            const path = `${this.#scope}${endpoint}`
            return inputOf({ method: 'POST', path, headers, body }, expectedOf(endpoint))
          }),
      ),
    )
  }
}
