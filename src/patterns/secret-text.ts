import { NamesInText } from './names-in-text.ts'
import { nameAround, skipBack, type TextRange } from './scan-text.ts'
import type { SecretNaming } from './secret-name.ts'
import { SecretTerms } from './secret-terms.ts'
import { oraclePasswords, urlPasswords } from './secret-urls.ts'
import { SecretValues } from './secret-values.ts'

/** The longest word before a name that is looked at, in characters. */
const MAX_WORD = 40

/** Every text with a secret has one of these: around the secret, or before it. */
const SECRET_MARKS = /[\s=:"'*]/

/** The last words of names with blanks, such as `ACCESS KEY ID` and `CONNECTION STRING`. */
const LAST_WORDS = /\s+(?:id|string)\b/iy

/**
 * The secrets in a text such as SQL, JSON, a URL or a connection string: values of secret names
 * (`PASSWORD = '…'`, `"secret": "…"`, `token=…`), also in the columns of an INSERT,
 * `IDENTIFIED BY '…'`, and passwords of URLs, also of `jdbc:oracle:thin:user/password@host`.
 * A quoted value without an end extends to the end of the text. Linear in the length of the text.
 */
export function findSecrets(text: string, naming: SecretNaming): TextRange[] {
  if (!SECRET_MARKS.test(text)) return []
  const { names, values } = namedSecrets(text, naming)
  const terms = names.length > 0 ? new SecretTerms(text, new NamesInText(names)).find() : []
  const ranges = [...values, ...terms, ...urlPasswords(text), ...oraclePasswords(text)]
  const secrets = ranges.filter(({ from, to }) => isSecretValue(text.slice(from, to)))
  return merged(secrets.sort((left, right) => left.from - right.from))
}

/** Ranges in the order of their begin, as ranges that are apart. */
function merged(ranges: readonly TextRange[]): TextRange[] {
  const apart: TextRange[] = []
  for (const { from, to } of ranges) {
    const last = apart.at(-1)
    if (last === undefined || from >= last.to) apart.push({ from, to })
    else apart[apart.length - 1] = { from: last.from, to: Math.max(last.to, to) }
  }
  return apart
}

/** Whether a text such as SQL has the name of a secret: what is bound to its placeholders may be one. */
export function namesSecret(text: string, naming: SecretNaming): boolean {
  let done = 0
  return Array.from(text.matchAll(naming.hints)).some(({ index }) => {
    if (index < done) return false
    const name = nameAround(text, { at: index, notBefore: done })
    done = name.to
    return isIdentified(text, name) || isSecretIn(text, { name, naming })
  })
}

/** Whether a value is worth hiding: no placeholder, switch or template. */
export function isSecretValue(value: string): boolean {
  return !/^(?:|true|false|null|\?|\(redacted(?: <\d+>)?\)|\{\{[^{}]*\}\})$/i.test(value)
}

/** The names of secrets in a text, and the values that follow them. */
function namedSecrets(text: string, naming: SecretNaming) {
  const { hints } = naming
  const names: TextRange[] = []
  const values: TextRange[] = []
  const secretValues = new SecretValues(text)
  let done = 0
  hints.lastIndex = 0
  for (let hint = hints.exec(text); hint !== null; hint = hints.exec(text)) {
    const name = nameAround(text, { at: hint.index, notBefore: done })
    const isSecret = isSecretIn(text, { name, naming })
    if (isSecret) names.push(name)
    const after = isSecret ? secretValues.after(name) : []
    const given = isIdentified(text, name) ? secretValues.identified(name) : after
    for (const value of given) values.push(value)
    done = given.at(-1)?.to ?? name.to
    // A name that ends before the end of its hint would be found again.
    hints.lastIndex = Math.max(done, hint.index + 1)
  }
  return { names, values }
}

function isIdentified(text: string, { from, to }: TextRange): boolean {
  return /^identified$/i.test(text.slice(from, to))
}

interface Named {
  readonly name: TextRange
  readonly naming: SecretNaming
}

/** Whether a name is secret, by itself or with the words around it: `ACCESS KEY ID`. */
function isSecretIn(text: string, { name, naming }: Named): boolean {
  const word = text.slice(name.from, name.to)
  if (naming.isSecret(word)) return true
  if (!/^(?:keys?|connection)$/i.test(word)) return false
  const notBefore = Math.max(name.from - MAX_WORD, 0)
  const blank = skipBack(text, { at: name.from, over: /\s/, notBefore })
  const from = skipBack(text, { at: blank, over: /[a-z]/i, notBefore })
  LAST_WORDS.lastIndex = name.to
  const to = LAST_WORDS.test(text) ? LAST_WORDS.lastIndex : name.to
  return blank < name.from || to > name.to ? naming.isSecret(text.slice(from, to)) : false
}
