import t from 'tap'
import { REDACTED, Redaction } from '../../src/patterns/redaction.ts'

const redaction = new Redaction()

/** In each of them, `hush` and `123456` are the secrets, and nothing else is. */
const EXACT = [
  "UPDATE t SET name = 'x', password = 'hush', token = 'hush' WHERE id = 'y'",
  "UPDATE t SET a = 1, t.token = 'hush', b = f('x'), \"password\" = 'hush', [pwd] = 'hush'",
  "UPDATE t SET password = CASE WHEN a = 'x' THEN 'hush' END WHERE b = 'y'",
  "UPDATE t SET password = (CASE WHEN a = 'x' AND b = 'x' THEN 'hush' ELSE 'hush' END), c = 'y'",
  "UPDATE t SET password = CASE a WHEN 'x' THEN CASE WHEN 1 = 1 THEN 'hush' END END, c = 'y'",
  "SELECT CASE password WHEN 'hush' THEN 'x' WHEN 'hush' THEN 'y' ELSE 'z' END FROM t",
  "SELECT CASE WHEN password = 'hush' THEN 'x' ELSE 'y' END AS kind FROM t",
  "SELECT CASE WHEN a = 'x' THEN 'hush' END AS password FROM t",
  "SELECT 1 FROM t WHERE CASE WHEN a = 'x' THEN password END = 'hush'",
  "SELECT 1 FROM t WHERE 'x' = name AND 'hush' = password OR 'y' = name",
  'SELECT 1 FROM t WHERE \'hush\' = t."password" AND \'x\' = "t"."name"',
  "SELECT 1 FROM t WHERE 'hush' IN (password, token) AND 'x' IN (name, note)",
  "SELECT 1 FROM t WHERE position('hush' IN password) > 0 AND position('x' IN name) > 0",
  "SELECT 1 FROM t WHERE password BETWEEN 'hush' AND 'hush' AND name BETWEEN 'x' AND 'y'",
  "SELECT 1 FROM t WHERE password NOT BETWEEN SYMMETRIC 'hush' AND 'hush' AND a = 'x'",
  "SELECT 1 FROM t WHERE password IS NOT DISTINCT FROM 'hush' AND a IS DISTINCT FROM 'x'",
  "SELECT 1 FROM t WHERE password = 'hush' || a || 'hush' AND c = 'x' || d",
  "SELECT 1 FROM t WHERE password = 'hush' + 'hush' AND c = 'x'",
  "SELECT 1 FROM t WHERE password = ANY (ARRAY['hush', 'hush']) AND c = ANY (ARRAY['x'])",
  "SELECT 1 FROM t WHERE coalesce(password, 'hush') = 'hush' AND coalesce(name, 'x') = 'y'",
  "SELECT 1 FROM t WHERE hmac(password, 'hush', upper('hush')) = c AND md5('x') = c",
  "SELECT 1 FROM t WHERE password IN (SELECT 'hush' FROM s WHERE a = 'x')",
  "SELECT 1 FROM t WHERE 'hush' IN (SELECT password FROM s WHERE a = 'x')",
  "SELECT 1 FROM t WHERE 'x' IN (SELECT a FROM s WHERE password = 'hush')",
  "SELECT 1 FROM t WHERE (name, password) = ('x', 'hush') AND a = 'y'",
  "SELECT 1 FROM t WHERE (name, password) IN (('x', 'hush'), ('y', sha2('hush', 256)))",
  "SELECT 1 FROM t WHERE (name, password) NOT IN (SELECT 'x', 'hush' FROM s WHERE a = 'y')",
  "UPDATE t SET (name, password) = ROW ('x', 'hush'), note = 'y'",
  "UPDATE t SET (name, password) = (SELECT 'x', 'hush'), note = 'y'",
  "INSERT INTO t (name, password) SELECT 'x', 'hush' FROM s WHERE a = 'y'",
  "INSERT INTO t (name, password) SELECT 'x', 'hush' UNION ALL SELECT 'y', 'hush'; SELECT 'x', 'y'",
  "INSERT INTO t (name, pwd) VALUES ('x', 'hush') ON CONFLICT (name) DO UPDATE SET a = 'x', pwd = 'hush'",
  "INSERT INTO t (name, pwd) VALUES ('x', 123456) ON DUPLICATE KEY UPDATE pwd = 'hush', a = 'y'",
  "INSERT INTO t SET name = 'x', password = 'hush'",
  "MERGE INTO t USING s ON t.id = 'x' WHEN MATCHED AND s.a = 'y' THEN UPDATE SET a = 'x', pwd = 'hush' WHEN NOT MATCHED THEN INSERT (a, pwd) VALUES ('x', 'hush')",
  "WITH s (name, password) AS (VALUES ('x', 'hush')) SELECT 'y'",
  "WITH s (name, password) AS (SELECT 'x', 'hush') SELECT 'y', 'z'",
  "SELECT 'x' AS name, 'hush' AS password, 'hush' token, sha2('hush') AS \"pwd\" FROM t",
  "CREATE TABLE t (name VARCHAR(5000) DEFAULT 'x', password VARCHAR(5000) DEFAULT 'hush' NOT NULL)",
  "ALTER TABLE t ALTER COLUMN password SET DEFAULT 'hush'",
  "DECLARE @password VARCHAR(5000) = 'hush', @name VARCHAR(5000) = 'x'",
  'PASSWORD = 123456, a = 1',
  'WHERE 123456 = password AND 234567 = id',
  'WHERE password <> 123456 AND id <> 234567 LIMIT 1000',
  'WHERE password IN (123456, 123456) AND id IN (234567)',
  'WHERE password BETWEEN 123456 AND 123456',
  '{"id":234567,"password":123456,"name":"x"}',
  '{"a":"{\\"password\\": 123456}"}',
  '{"password":{"value":123456,"size":7},"id":234567}',
  'CREATE USER x WITH PASSWORD hush',
  'ALTER USER x SET PASSWORD HASH hush; SELECT 1',
  'ALTER USER x SET PASSWORD 123456',
  "/* WHERE 'hush' = password */ SELECT 'x' -- 'hush' = password",
  "EXECUTE IMMEDIATE $$UPDATE t SET password = CASE WHEN 1 = 1 THEN 'hush' END$$",
  '{"statement":"SELECT \'x\' FROM t WHERE \'hush\' = password","a":"\'y\'"}',
  "EXECUTE 'UPDATE t SET a = ''x'', pwd = ''hush'', b = CASE WHEN ''hush'' = pwd THEN ''y'' END'",
  "TYPE = 'x' USER = 'y' PASSWORD = 'hush' REGION = 'z'",
  "SELECT 1 FROM `t` WHERE 'hush' = `password` AND 'x' = `name",
  "WHERE (CASE WHEN a = 'x' THEN 'hush') = password AND b = 'y'",
  "WHERE 'hush' = password)) OR a = 'x' END",
]

t.test(
  'text() hides the literals of SQL that belong to a secret name, and no others',
  async (t) => {
    for (const text of EXACT) {
      const shown = redaction.text(text)
      t.equal(shown, text.replace(/(?:hush|123456)/g, REDACTED), text)
      t.equal(redaction.text(shown), shown, 'the result holds no secret')
      const numbered = redaction.numbering().text(text)
      t.equal(redaction.text(numbered), numbered, 'the numbered result holds no secret')
    }
  },
)

/** What may be changed besides the secret: functions and types are not told from values. */
const HIDDEN = [
  "WHERE password = a || 'hush'",
  "WHERE ('ann', 'hush') = (user, password)",
  "SELECT * FROM (VALUES ('ann', 'hush')) AS t(name, password)",
  "WHERE password = pgcrypto.crypt('hush', gen_salt('bf'))",
  "WHERE password = DATE 'hush'",
  "PASSWORD = -- x\n'hush'",
]

t.test('text() hides secrets if it cannot tell them from other literals', async (t) => {
  for (const text of HIDDEN) {
    const shown = redaction.text(text)
    t.notMatch(shown, 'hush', text)
    t.equal(redaction.text(shown), shown, 'the result holds no secret')
  }
})

t.test('text() keeps SQL that names a secret without its value', async (t) => {
  for (const text of [
    'SELECT password_hint_shown FROM t',
    "SELECT 'x', password, 'y' FROM t WHERE name = 'z' ORDER BY password LIMIT 1000",
    "WHERE x = 'password'",
    "WHERE password IS NULL AND x = 'y'",
    "WHERE password IS NOT NULL OR x = 'y'",
    "WHERE password = ? AND x = 'y'",
    'WHERE ? = password AND password IN (?, ?) AND password = ?1',
    'WHERE password = $1 AND $1 = password',
    "WHERE password = %s AND token = %(token)s AND x = 'y'",
    'WHERE password = NULL',
    "WHERE t.password = s.password AND x = 'y'",
    "UPDATE t SET password = EXCLUDED.password, name = 'x'",
    "JOIN s ON t.token = s.TOKEN WHERE s.x = 'y'",
    "CASE WHEN password IS NULL THEN 'none' ELSE 'some' END = x",
    "SELECT CASE WHEN x = 1 THEN 'a' END AS kind, password FROM t",
    'INSERT INTO t (name, password) VALUES (?, NULL)',
    "CREATE TABLE t (id INT, password VARCHAR(5000) NOT NULL COMMENT 'x', kind VARCHAR(5) DEFAULT 'y')",
    "WHERE a = 'x' AND password IN (SELECT password FROM s WHERE b = 'y')",
    "GRANT SELECT ON t (password) TO 'bob'",
    'SELECT 1 AS token, length(password) > 8 FROM t',
    "invalid password for user 'bob'",
    "Unknown column 'password' in 'fields'",
    "the column password is not in 'fields'",
    'password 123, "max_tokens": 123456, "token": 123',
    '12345: password',
    '(redacted <12345>) = password',
  ]) {
    t.equal(redaction.text(text), text)
  }
})

/** Expressions of a secret column, and of a secret. */
const COLUMNS = [
  'password',
  't."password"',
  '[pwd]',
  'lower(trim(token))',
  'CAST(pwd AS VARCHAR(9))',
]
const OPERATORS = ['=', '<>', '!=', '>=', '~', '!~*', 'LIKE', 'NOT ILIKE', 'SIMILAR TO', 'REGEXP']
const VALUES = [
  "'hush'",
  "N'hush'",
  '$a$hush$a$',
  "('hush')",
  "'hu''sh' || 'hush'",
  "sha2('hush', 256)",
  "'hush'::varchar",
  "CAST('hush' AS varchar)",
  "CASE WHEN a = 1 THEN 'hush' ELSE upper('hush') END",
  "(SELECT 'hush')",
  '123456',
]

/** Texts that a condition may be in. */
const AROUND: readonly ((condition: string) => string)[] = [
  (condition) => condition,
  (condition) => `SELECT 'x' FROM t WHERE a = 'y' AND (${condition}) AND b = 'z'`,
  (condition) => `SELECT CASE WHEN ${condition} THEN 'x' END, 'y'`,
  (condition) => `cannot run DELETE FROM t WHERE ${condition} OR a = 'x'`,
  (condition) => JSON.stringify({ a: "'x'", statement: `UPDATE t SET a = 'y', ${condition}` }),
]

function withComments(condition: string): string {
  return condition.replaceAll(' ', ` ${'/* x */ '.repeat(30)}`)
}

t.test('text() hides a secret on either side of any comparison, in any text', async (t) => {
  for (const column of COLUMNS) {
    for (const operator of OPERATORS) {
      for (const value of VALUES) {
        const leaks = AROUND.flatMap((around) =>
          [`${column} ${operator} ${value}`, `${value} ${operator} ${column}`].flatMap(
            (condition) => [condition, withComments(condition)].map((written) => around(written)),
          ),
        ).filter((text) => {
          const shown = redaction.text(text)
          const others = text.match(/'[xyz]'/g) ?? []
          const isRest = others.join() === (shown.match(/'[xyz]'/g) ?? []).join()
          return /hu|sh'|123456/.test(shown) || !isRest || redaction.text(shown) !== shown
        })
        t.strictSame(leaks, [], `${column} ${operator} ${value}`)
      }
    }
  }
})

t.test('text() looks into strings and groups up to a depth', async (t) => {
  const deep = (open: string, close: string) => `${open.repeat(1000)}'hush'${close.repeat(1000)}`
  for (const [open, close] of [
    ['(', ')'],
    ['f(', ')'],
    ['CASE WHEN a THEN ', ' END'],
    ['CASE WHEN a THEN (', ') END'],
  ] as const) {
    const text = `SELECT 1 WHERE ${deep(open, close)} = password AND a = 'x'`
    t.equal(redaction.text(text), text.replace('hush', REDACTED))
  }
  const nested = ['$a$', '$b$', '$c$', '$d$'].reduce(
    (text, mark) => `${mark}${text}${mark}`,
    "password <> 'hush' OR 'sesame' = password",
  )
  t.notMatch(redaction.text(nested), 'hush')
  t.match(redaction.text(nested), 'sesame')
})
