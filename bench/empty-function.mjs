// The yardstick of cold starts: the least function that the Functions Framework serves.
import { cloudEvent, http } from '@google-cloud/functions-framework';

cloudEvent('empty-event', () => undefined);
http('empty-request', (_request, response) => response.json({ outcome: 'clean' }));
