import { idOf } from './package-id.mjs'

/**
 * The parts of a CycloneDX document of npm that are read or changed here.
 *
 * @typedef {{ name: string, value: string }} Property
 * @typedef {{ 'bom-ref': string, scope: string, properties: Property[] }} Component
 * @typedef {{ ref: string, dependsOn: string[] }} Dependency
 * @typedef {{
 *   serialNumber?: string,
 *   metadata: { timestamp?: string, tools: object[], component: Component & { name: string } },
 *   components: Component[],
 *   dependencies: Dependency[],
 * }} Sbom
 */

/** The names of properties in CycloneDX's taxonomy for npm. */
const DEVELOPMENT = 'cdx:npm:package:development'
const BUNDLED = { name: 'cdx:npm:package:bundled', value: 'true' }

/**
 * Renders the SBOM of what is distributed, from npm's SBOM of the whole lock file: the packages in
 * the bundle, which npm only knows as development dependencies, and those that are installed with
 * it. The text depends on the lock file and the bundle only, not on time, folder or npm version.
 *
 * Throws if the lock file lacks a bundled package.
 *
 * @param {Sbom} whole
 * @param {{ name: string, bundled: readonly { name: string, version: string }[] }} distributed
 */
export function renderSbom(whole, { name, bundled }) {
  const components = selectComponents(whole, bundled.map(idOf))
  const { serialNumber: _serial, ...kept } = whole
  const { timestamp: _time, component, ...described } = whole.metadata
  const refs = new Set([component, ...components].map((one) => one['bom-ref']))
  const dependencies = whole.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }))
  const metadata = {
    ...described,
    tools: [{ vendor: 'npm', name: 'cli' }],
    // npm writes the name of the folder.
    component: { ...component, name },
  }
  return `${JSON.stringify({ ...kept, metadata, components, dependencies }, null, 2)}\n`
}

/**
 * @param {Sbom} whole
 * @param {readonly string[]} bundledIds
 */
function selectComponents({ components }, bundledIds) {
  const listed = new Set(components.map((one) => one['bom-ref']))
  const missing = bundledIds.filter((id) => !listed.has(id))
  if (missing.length > 0) {
    throw new Error(`Cannot describe the bundle: the lock file has no ${missing.join(', ')}`)
  }
  return components.flatMap((one) => {
    if (bundledIds.includes(one['bom-ref'])) return asBundled(one)
    return isDevelopment(one) ? [] : one
  })
}

/** @param {Component} component */
function isDevelopment({ properties }) {
  return properties.some(({ name }) => name === DEVELOPMENT)
}

/** @param {Component} component */
function asBundled(component) {
  const others = component.properties.filter(({ name }) => name !== DEVELOPMENT)
  return { ...component, scope: 'required', properties: [...others, BUNDLED] }
}
