/**
 * The version that the mock reports. Five numbers: the Java client 7.2.3 parses the fifth, and both
 * it and the Python client compare the first two with their own.
 */
export const GPUDB_VERSION = '7.2.3.0.20260101000000'
