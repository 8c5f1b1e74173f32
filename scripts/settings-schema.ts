import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSettingsSchema } from '../functions/adapters/settings-schema.ts';

/** Writes the JSON Schema of sallyport.yaml for editors; with `--check` only says whether the checked-in one is in step. */
const file = fileURLToPath(new URL('../docs/sallyport.schema.json', import.meta.url));
const schema = `${JSON.stringify(buildSettingsSchema(), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(file, schema);
} else if (readFileSync(file, 'utf8') !== schema) {
  console.error('docs/sallyport.schema.json is not in step with functions/config.ts: run npm run schema');
  process.exitCode = 1;
} else {
  console.log('docs/sallyport.schema.json is in step');
}
