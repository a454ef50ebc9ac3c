/** Reads for work that waits in between, for a password to be hashed or a document to be fetched. */
import type { ReadTx, Store } from '../store/store.ts'

/** Each statement sees what is committed then, and nothing is held while the work waits: neither a snapshot nor a connection. */
export const separateReads = (store: Pick<Store, 'read'>): ReadTx => ({
  get: (sql, ...values) => store.read((tx) => tx.get(sql, ...values)),
  all: (sql, ...values) => store.read((tx) => tx.all(sql, ...values)),
})
