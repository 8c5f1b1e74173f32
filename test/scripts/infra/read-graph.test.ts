import assert from 'node:assert/strict';
import { readGraph } from '../../../scripts/infra/read-graph.ts';

const dot = `digraph G {
  "google_project_service.api" [label="google_project_service.api"];
  "module.queue.google_cloud_tasks_queue.queue" [label="google_cloud_tasks_queue.queue"];
  "google_x.y" [label="google_x.y"];
  "module.queue.google_cloud_tasks_queue.queue" -> "google_x.y";
  "google_x.y" -> "google_project_service.api";
  "google_project_service.api" -> "google_project_service.api";
}
`;

describe('readGraph', () => {
  it('names what a resource waits for, also through others', () => {
    const graph = readGraph(dot);
    assert.deepEqual(
      graph.get('module.queue.google_cloud_tasks_queue.queue'),
      new Set(['google_x.y', 'google_project_service.api']),
    );
  });

  it('knows resources that wait for nothing, and comes to an end in circles', () => {
    assert.deepEqual(readGraph('"a.b" [label="a.b"];').get('a.b'), new Set());
    assert.deepEqual(readGraph(dot).get('google_project_service.api'), new Set(['google_project_service.api']));
  });
});
