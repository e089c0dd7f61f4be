import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findObstacle, writeElsewhere, writeRecording } from '../../src/record/write-recording.ts'

t.test('writeRecording() writes a file, and leaves nothing else', async (t) => {
  const folder = t.testdir({ [`.recorded.yaml.${process.pid}.part`]: 'of a killed process' })
  const path = join(folder, 'recorded.yaml')
  t.strictSame(writeRecording('rules: []\n', { path, replaces: false }), { path })
  t.equal(readFileSync(path, 'utf8'), 'rules: []\n')
  t.strictSame(readdirSync(folder), ['recorded.yaml'])
})

t.test('writeRecording() replaces a file, which keeps its mode and its links', async (t) => {
  const folder = t.testdir({ 'real.yaml': 'old' })
  const [path, real] = [join(folder, 'recorded.yaml'), join(folder, 'real.yaml')]
  symlinkSync('real.yaml', path)
  chmodSync(real, 0o640)
  t.strictSame(writeRecording('new', { path, replaces: true }), { path })
  t.equal(readFileSync(real, 'utf8'), 'new')
  t.equal(statSync(real).mode & 0o777, 0o640)
  t.ok(lstatSync(path).isSymbolicLink())
})

t.test('writeRecording() writes elsewhere if the file has come meanwhile', async (t) => {
  const folder = t.testdir({ 'recorded.yaml': 'mine', other: {} })
  const otherFolder = join(folder, 'other')
  const path = join(folder, 'recorded.yaml')
  const written = writeRecording('new', { path, replaces: false, otherFolder })
  t.equal(written.reason, 'this file exists already')
  t.equal(readFileSync(path, 'utf8'), 'mine')
  t.match(written.path, /other\/mock-gpudb-record-\w+\/recorded\.yaml$/)
  t.equal(readFileSync(String(written.path), 'utf8'), 'new')
})

t.test('writeRecording() writes elsewhere if the folder is gone', async (t) => {
  const folder = t.testdir({ gone: {}, other: {} })
  const target = { path: join(folder, 'gone', 'a.yaml'), replaces: true }
  t.equal(findObstacle(target), undefined)
  rmSync(join(folder, 'gone'), { recursive: true })
  const written = writeRecording('new', { ...target, otherFolder: join(folder, 'other') })
  t.equal(written.reason, 'this cannot be written: ENOENT')
  t.equal(readFileSync(String(written.path), 'utf8'), 'new')
})

t.test('writeRecording() writes elsewhere if the file cannot be created', async (t) => {
  const folder = t.testdir({ other: {} })
  // The hidden file has a longer name.
  const path = join(folder, `${'x'.repeat(250)}.yaml`)
  const written = writeRecording('new', { path, replaces: false, otherFolder: folder })
  t.strictSame(written, { reason: 'this cannot be written: ENAMETOOLONG' })
  t.notOk(existsSync(path))
})

t.test(
  'writeElsewhere() uses the folder of the system, and returns no path without one',
  async (t) => {
    const target = { path: 'a.yaml', replaces: false }
    const written = writeElsewhere('new', { target, reason: 'no' })
    t.equal(readFileSync(String(written.path), 'utf8'), 'new')
    rmSync(join(String(written.path), '..'), { recursive: true })
    const lost = writeElsewhere('new', {
      target: { ...target, otherFolder: '/nowhere' },
      reason: 'no',
    })
    t.strictSame(lost, { reason: 'no' })
  },
)

t.test('findObstacle() knows what cannot be written', async (t) => {
  const folder = t.testdir({ 'a.yaml': '', folder: {}, link: t.fixture('symlink', 'nowhere') })
  const find = (path: string, replaces = true) =>
    findObstacle({ path: join(folder, path), replaces })
  t.equal(find('a.yaml', false), 'this file exists already')
  t.equal(find('a.yaml'), undefined)
  t.equal(find('folder'), 'this is not a file')
  t.equal(find('none/a.yaml'), 'this cannot be written: ENOENT')
  t.equal(find('a.yaml/b.yaml'), 'this cannot be written: ENOTDIR')
  t.equal(find('link', false), undefined)
})
