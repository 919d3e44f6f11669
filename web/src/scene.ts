import { keyOf, type Kube, type Objects } from './kube';
import type { NodeWay } from './source';

/** What the map draws of the objects: nothing is worked out that the API does not say. */
export interface Scene { namespaces: string[]; nodes: SceneNode[]; waiting: ScenePod[]; services: SceneService[]; gates: SceneGate[]; ways: NodeWay[] }
export interface SceneNode { id: string; name: string; address: string; range: string; ready: boolean; controlPlane: boolean; pods: ScenePod[] }
/** "ready" takes connections; "starting" is not ready yet; "failed" cannot go on by itself; "done" has ended as it should; "ending" is being deleted. */
export type PodState = 'ready' | 'starting' | 'failed' | 'done' | 'ending';
export interface ScenePod { id: string; uid: string; ns: string; name: string; stem: string; tail: string; address: string; node: string; state: PodState; says: string; containers: { name: string; state: PodState; init: boolean }[]; port: number; hostNetwork: boolean }
export interface SceneService { id: string; ns: string; name: string; type: string; address: string; outside: string; selects: boolean; port: number; ports: string; endpoints: { pod: string; node: string; address: string; ready: boolean }[] }
export interface SceneGate { id: string; kind: string; ns: string; name: string; address: string; url: string; rules: { host: string; path: string; service: string }[]; /** objects its rules are of */ routes: string[] }

/** @param ns Services and gateways of this namespace only; "" for all. Pods stay where they are: the others are around them. */
export function sceneOf(objects: Objects, ns = '', ways: NodeWay[] = []): Scene {
  const wanted = (o: Kube) => ns === '' || o.metadata.namespace === ns;
  const pods = objects.all('Pod').filter(p => !(p.status?.phase === 'Succeeded' && p.metadata.deletionTimestamp)).map(podOf).sort(byName);
  const byNode = group(pods.filter(p => p.node), p => p.node);
  const slices = group(objects.all('EndpointSlice'), s => `${s.metadata.namespace}/${s.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`);
  return {
    namespaces: objects.all('Namespace').map(n => n.metadata.name).sort(),
    nodes: objects.all('Node').map(n => nodeOf(n, byNode.get(n.metadata.name) ?? [])).sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
    waiting: pods.filter(p => !p.node),
    services: objects.all('Service').filter(wanted).map(s => serviceOf(s, slices.get(keyOf(s)) ?? [])).sort(byName),
    gates: [...objects.all('Ingress').filter(wanted).map(ingressOf), ...objects.all('Gateway').filter(wanted).map(g => gatewayOf(g, objects.all('HTTPRoute')))].sort(byName),
    ways,
  };
}

function nodeOf(node: Kube, pods: ScenePod[]): SceneNode {
  return {
    id: `node/${node.metadata.name}`, name: node.metadata.name,
    address: node.status?.addresses?.find((a: any) => a.type === 'InternalIP')?.address ?? '',
    range: node.spec?.podCIDR ?? '', ready: condition(node, 'Ready'),
    controlPlane: 'node-role.kubernetes.io/control-plane' in (node.metadata.labels ?? {}), pods,
  };
}

/** What was made of an object that has not changed since. */
const made = new WeakMap<Kube, ScenePod>();

function podOf(pod: Kube): ScenePod {
  const known = made.get(pod);
  if (known) return known;
  const shown = readPod(pod);
  made.set(pod, shown);
  return shown;
}

function readPod(pod: Kube): ScenePod {
  const { name, namespace = '' } = pod.metadata;
  const [stem, tail] = stemOf(pod);
  const statuses = [...pod.status?.initContainerStatuses ?? [], ...pod.status?.containerStatuses ?? []];
  const status = (container: string) => statuses.find((s: any) => s.name === container);
  const containers = [
    ...(pod.spec?.initContainers ?? []).map((c: any) => ({ name: c.name as string, state: containerState(status(c.name), true), init: true })),
    ...(pod.spec?.containers ?? []).map((c: any) => ({ name: c.name as string, state: containerState(status(c.name), false), init: false })),
  ];
  const declared = (pod.spec?.containers ?? []).flatMap((c: any) => c.ports ?? []).find((p: any) => (p.protocol ?? 'TCP') === 'TCP');
  const trouble = statuses.map((s: any) => s.state?.waiting?.reason ?? (s.state?.terminated?.exitCode ? s.state.terminated.reason : undefined)).find(Boolean);
  const state: PodState = pod.metadata.deletionTimestamp ? 'ending'
    : pod.status?.phase === 'Succeeded' ? 'done'
    : pod.status?.phase === 'Failed' || /BackOff|Err|Invalid|Error/.test(trouble ?? '') ? 'failed'
    : condition(pod, 'Ready') ? 'ready'
    : containers.length > 0 && containers.every(c => c.state === 'done' || c.state === 'ready') && containers.some(c => c.state === 'done') ? 'ready' : 'starting';
  return {
    id: `pod/${namespace}/${name}`, uid: pod.metadata.uid ?? name, ns: namespace, name, stem, tail,
    address: pod.status?.podIP ?? '', node: pod.spec?.nodeName ?? '', state,
    says: state === 'ending' ? 'ending' : trouble ?? (state === 'ready' ? 'ready' : state === 'done' ? 'completed' : pod.status?.phase ?? 'Pending'),
    containers, port: declared?.containerPort ?? 0, hostNetwork: pod.spec?.hostNetwork === true,
  };
}

/** A workload's name, and what was added to tell its pods apart. */
function stemOf(pod: Kube): [string, string] {
  const { name } = pod.metadata;
  const owner = pod.metadata.ownerReferences?.[0];
  if (owner?.kind === 'ReplicaSet' || (!owner && /-[a-z0-9]{6,10}-[a-z0-9]{5}$/.test(name))) {
    const parts = name.split('-');
    if (parts.length > 2) return [parts.slice(0, -2).join('-'), parts.at(-1)!];
  }
  if (owner && name.startsWith(`${owner.name}-`)) return [owner.name, name.slice(owner.name.length + 1)];
  return [name, ''];
}

function containerState(status: any, init: boolean): PodState {
  if (status?.state?.terminated) return status.state.terminated.exitCode === 0 ? 'done' : 'failed';
  if (/BackOff|Err|Invalid/.test(status?.state?.waiting?.reason ?? '')) return 'failed';
  return status?.state?.running && (status.ready !== false || init) ? 'ready' : 'starting';
}

function serviceOf(service: Kube, slices: Kube[]): SceneService {
  const spec = service.spec ?? {};
  const seen = new Map<string, { pod: string; node: string; address: string; ready: boolean }>();
  for (const slice of slices)
    for (const e of slice.endpoints ?? []) {
      const pod = e.targetRef?.kind === 'Pod' ? `pod/${e.targetRef.namespace ?? service.metadata.namespace}/${e.targetRef.name}` : '';
      // Both families' slices have the same pod.
      const key = pod || e.addresses?.[0];
      if (!seen.has(key)) seen.set(key, { pod, node: e.nodeName ?? '', address: e.addresses?.[0] ?? '', ready: e.conditions?.ready !== false });
    }
  const ports: any[] = spec.ports ?? [];
  return {
    id: `service/${keyOf(service)}`, ns: service.metadata.namespace ?? '', name: service.metadata.name, type: spec.type ?? 'ClusterIP',
    address: spec.type === 'ExternalName' ? spec.externalName ?? '' : spec.clusterIP === 'None' ? 'headless' : spec.clusterIP ?? '',
    selects: spec.type !== 'ExternalName' && Object.keys(spec.selector ?? {}).length > 0,
    outside: service.status?.loadBalancer?.ingress?.[0]?.ip ?? '', port: (ports.find(p => (p.protocol ?? 'TCP') === 'TCP') ?? ports[0])?.port ?? 0,
    ports: ports.map(p => `${p.port}${p.protocol && p.protocol !== 'TCP' ? `/${p.protocol.toLowerCase()}` : ''}`).join(' '),
    endpoints: [...seen.values()],
  };
}

function ingressOf(ingress: Kube): SceneGate {
  const ns = ingress.metadata.namespace ?? '';
  const rules = (ingress.spec?.rules ?? []).flatMap((r: any) => (r.http?.paths ?? []).map((p: any) => ({ host: r.host ?? '*', path: p.path ?? '/', service: p.backend?.service ? `service/${ns}/${p.backend.service.name}` : '' })));
  if (ingress.spec?.defaultBackend?.service) rules.push({ host: '*', path: 'else', service: `service/${ns}/${ingress.spec.defaultBackend.service.name}` });
  return gate(ingress, 'Ingress', ingress.status?.loadBalancer?.ingress?.[0]?.ip ?? '', rules, (ingress.spec?.tls ?? []).length > 0, [`Ingress/${keyOf(ingress)}`]);
}

function gatewayOf(gateway: Kube, routes: Kube[]): SceneGate {
  const own = routes.filter(r => (r.spec?.parentRefs ?? []).some((p: any) => p.name === gateway.metadata.name && (p.namespace ?? r.metadata.namespace) === gateway.metadata.namespace));
  const rules = own.flatMap(r => (r.spec?.rules ?? []).flatMap((rule: any) => (rule.backendRefs ?? []).map((b: any) => ({
    host: r.spec?.hostnames?.[0] ?? '*', path: rule.matches?.[0]?.path?.value ?? '/', service: `service/${b.namespace ?? r.metadata.namespace}/${b.name}`,
  }))));
  return gate(gateway, 'Gateway', gateway.status?.addresses?.[0]?.value ?? '', rules, (gateway.spec?.listeners ?? []).every((l: any) => l.protocol === 'HTTPS'), own.map(r => `HTTPRoute/${keyOf(r)}`));
}

function gate(object: Kube, kind: string, address: string, rules: SceneGate['rules'], tls: boolean, routes: string[]): SceneGate {
  const first = rules.find(r => !r.host.includes('*') && r.path.startsWith('/')) ?? rules[0];
  const host = first && first.host !== '*' ? first.host.replace('*', 'www') : address;
  return { id: `${kind}/${keyOf(object)}`, kind, ns: object.metadata.namespace ?? '', name: object.metadata.name, address, rules, routes, url: `${tls ? 'https' : 'http'}://${host}${first?.path.startsWith('/') ? first.path : '/'}` };
}

/** How explain is asked about a place of the map. */
export function placeText(scene: Scene, id: string, asDestination: boolean): string {
  if (id.includes('://') || !asDestination) return id.startsWith('service/') ? id.replace('service/', 'svc/') : id;
  const service = scene.services.find(s => s.id === id);
  if (service) return `svc/${service.ns}/${service.name}${service.port ? `:${service.port}` : ''}`;
  const gate = scene.gates.find(g => g.id === id);
  if (gate) return gate.url;
  const pod = podBy(scene, id);
  return pod?.port ? `${id}:${pod.port}` : id;
}

export function podBy(scene: Scene, id: string): ScenePod | undefined {
  for (const node of scene.nodes) {
    const pod = node.pods.find(p => p.id === id);
    if (pod) return pod;
  }
  return scene.waiting.find(p => p.id === id);
}

function condition(object: Kube, type: string): boolean { return object.status?.conditions?.some((c: any) => c.type === type && c.status === 'True') === true; }

function byName(a: { ns: string; name: string }, b: { ns: string; name: string }) { return a.ns === b.ns ? a.name < b.name ? -1 : 1 : rank(a.ns) - rank(b.ns) || (a.ns < b.ns ? -1 : 1); }

/** What everybody has comes last. */
function rank(ns: string) { return ns === 'default' ? 0 : ns.startsWith('kube-') ? 2 : 1; }

function group<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const k = key(item);
    const list = groups.get(k);
    if (list) list.push(item); else groups.set(k, [item]);
  }
  return groups;
}
