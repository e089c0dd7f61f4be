import t from 'tap'
import { plainAddress } from '../../src/connections/client-address.ts'

t.test('plainAddress() is the IPv4 address, and empty if the client has left', async (t) => {
  t.equal(plainAddress('::ffff:127.0.0.1'), '127.0.0.1')
  t.equal(plainAddress('::1'), '::1')
  // A socket that was reset before its request is handled has no address.
  t.equal(plainAddress(undefined), '')
})
