import type { ControlContext } from '../control/control-context.ts'
import { renderOpenapi } from '../control/render-openapi.ts'
import { packageVersion } from './package-version.ts'

/** The OpenAPI 3.1 document of the control API. */
export function describeControl(context: ControlContext): Promise<object> {
  return renderOpenapi({ context, version: packageVersion() })
}
