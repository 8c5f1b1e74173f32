import * as z from 'zod';
import { settingsSchema } from '../config.ts';

/** JSON Schema of a settings file, for editors; checked in as docs/sallyport.schema.json. Apart from config.ts, because functions must start fast. */
export function buildSettingsSchema(): object {
  return { title: 'sallyport.yaml', ...z.toJSONSchema(settingsSchema, { io: 'input' }) };
}
