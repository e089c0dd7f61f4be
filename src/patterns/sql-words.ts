/** What a word of SQL does in the expression around it. */
export type WordRole =
  | 'and'
  | 'as'
  | 'between'
  | 'break'
  | 'case'
  | 'condition'
  | 'default'
  | 'distinct'
  | 'end'
  | 'from'
  | 'in'
  | 'neutral'
  | 'operator'
  | 'or'
  | 'result'
  | 'select'
  | 'set'
  | 'values'
  | 'when'

/** The words of each role. A `neutral` word is no operand, as a name is. */
const WORDS: readonly (readonly [WordRole, string])[] = [
  ['and', 'and'],
  ['as', 'as'],
  ['between', 'between'],
  ['break', 'cross delete except for insert intersect into join merge minus returning'],
  ['break', 'union update using window with'],
  ['case', 'case'],
  ['condition', 'fetch group having limit offset on order qualify where'],
  ['default', 'default'],
  ['distinct', 'distinct'],
  ['end', 'end'],
  ['from', 'from'],
  ['in', 'in'],
  ['neutral', 'all any array binary collate escape exists is not row some symmetric to'],
  ['operator', 'glob ilike like regexp rlike similar'],
  ['or', 'or xor'],
  ['result', 'else then'],
  ['select', 'select'],
  ['set', 'set'],
  ['values', 'values'],
  ['when', 'when'],
]

const LONGEST = 9

const ROLES: ReadonlyMap<string, WordRole> = new Map(
  WORDS.flatMap(([role, words]) => words.split(' ').map((word) => [word, role] as const)),
)

/** The role of a word in any case; undefined for a name. */
export function roleOf(word: string): WordRole | undefined {
  return word.length > LONGEST ? undefined : ROLES.get(word.toLowerCase())
}
