/**
 * The name and version of a package, as package managers and SBOMs write them.
 *
 * @param {{ readonly name: string, readonly version: string }} one
 */
export function idOf({ name, version }) {
  return `${name}@${version}`
}
