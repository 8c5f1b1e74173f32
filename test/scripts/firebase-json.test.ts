import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import firebase from '../../firebase.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');

/** As firebase-tools has them in its published schema (schema/firebase-config.json): what is not there is refused or ignored. */
const known = {
  top: ['firestore', 'emulators'],
  firestore: ['database', 'indexes', 'rules', 'location', 'edition'],
  emulators: ['auth', 'firestore', 'functions', 'pubsub', 'storage', 'ui', 'hub', 'logging', 'singleProjectMode'],
  emulator: ['host', 'port', 'websocketPort'],
  ui: ['enabled', 'host', 'port'],
};

describe('firebase.json', () => {
  it('has only fields that firebase-tools knows', () => {
    const { firestore, emulators } = firebase;
    assert.deepEqual(
      Object.keys(firebase).filter((key) => !known.top.includes(key)),
      [],
    );
    assert.deepEqual(
      Object.keys(firestore).filter((key) => !known.firestore.includes(key)),
      [],
    );
    assert.deepEqual(
      Object.keys(emulators).filter((key) => !known.emulators.includes(key)),
      [],
    );
    for (const emulator of [emulators.firestore, emulators.pubsub])
      assert.deepEqual(
        Object.keys(emulator).filter((key) => !known.emulator.includes(key)),
        [],
      );
    assert.deepEqual(
      Object.keys(emulators.ui).filter((key) => !known.ui.includes(key)),
      [],
    );
  });

  it('names rules that let no client in, and indexes that are there', () => {
    const rules = readFileSync(join(root, firebase.firestore.rules), 'utf8');
    assert.match(rules, /allow read, write: if false;/);
    assert.doesNotMatch(rules, /if (?!false)/);
    const indexes: unknown = JSON.parse(readFileSync(join(root, firebase.firestore.indexes), 'utf8'));
    assert.ok(typeof indexes === 'object' && indexes !== null && 'indexes' in indexes && 'fieldOverrides' in indexes);
  });

  it('starts emulators on this machine only, each on a port of its own', () => {
    const { firestore, pubsub } = firebase.emulators;
    assert.deepEqual([firestore.host, pubsub.host], ['127.0.0.1', '127.0.0.1']);
    assert.notEqual(firestore.port, pubsub.port);
  });
});
