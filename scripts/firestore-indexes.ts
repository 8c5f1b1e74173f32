import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildFirestoreIndexes } from '../functions/adapters/ledger/firestore-indexes.ts';

/** `npm run firestore:indexes`: writes infra/firestore/firestore.indexes.json from the list of queries; a test fails while it is not what they need. */
const file = fileURLToPath(new URL('../infra/firestore/firestore.indexes.json', import.meta.url));
writeFileSync(file, `${JSON.stringify(buildFirestoreIndexes(), undefined, 2)}\n`);
