import { Objects, type Kube } from '../src/kube';
import type { NodeWay } from '../src/source';
import { sceneOf, type Scene } from '../src/scene';

export const pod = (name: string, node: string, more: Partial<Kube> = {}, ns = 'default'): Kube => ({
  metadata: { name, namespace: ns, uid: `${ns}/${name}` },
  spec: { nodeName: node, containers: [{ name: 'main', image: 'nginx', ports: [{ containerPort: 80 }] }] },
  status: { phase: 'Running', podIP: '10.244.1.5', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'main', ready: true, state: { running: {} } }] },
  ...more,
});
export const node = (name: string): Kube => ({ metadata: { name }, spec: { podCIDR: '10.244.1.0/24' }, status: { addresses: [{ type: 'InternalIP', address: '172.30.0.3' }], conditions: [{ type: 'Ready', status: 'True' }] } });
export const service = (name: string, ns = 'default'): Kube => ({ metadata: { name, namespace: ns }, spec: { type: 'ClusterIP', clusterIP: '10.96.0.5', ports: [{ port: 80 }] } });
export const slice = (service: string, pods: string[], ns = 'default'): Kube => ({
  metadata: { name: `${service}-ipv4`, namespace: ns, labels: { 'kubernetes.io/service-name': service } },
  endpoints: pods.map(p => ({ addresses: ['10.244.1.5'], conditions: { ready: true }, nodeName: 'node-2', targetRef: { kind: 'Pod', name: p, namespace: ns } })),
});

export function objects(lists: Record<string, Kube[]>): Objects {
  const all = new Objects();
  for (const [kind, items] of Object.entries(lists)) all.list({ kind, apiVersion: 'v1', items });
  return all;
}

export const scene = (lists: Record<string, Kube[]>, ways: NodeWay[] = []): Scene => sceneOf(objects(lists), '', ways);

export const way = (from: string, to: string, tunnel: string | null = null): NodeWay => ({ from: `node/${from}`, to: `node/${to}`, range: '10.244.2.0/24', entry: `10.244.2.0/24 via 172.30.0.4 dev ${tunnel ?? 'eth0'}`, tunnel, mtu: tunnel ? 1450 : 1500 });

/** Pods over nodes, and Services in namespaces. */
export function large(pods: number, nodes: number, services: number): Scene {
  return scene({
    Node: Array.from({ length: nodes }, (_, i) => node(`node-${i + 1}`)),
    Pod: Array.from({ length: pods }, (_, i) => pod(`web-${i}`, `node-${i % nodes + 1}`)),
    Service: Array.from({ length: services }, (_, i) => service(`s-${i}`, `ns-${i % 20}`)),
  });
}
