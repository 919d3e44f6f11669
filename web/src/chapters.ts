import shared from '../../examples/1-container-to-container/shared-volume.yaml?raw';
import clash from '../../examples/1-container-to-container/port-clash.yaml?raw';
import localhost from '../../examples/1-container-to-container/localhost.yaml?raw';
import twoNodes from '../../examples/2-pod-to-pod/two-nodes.yaml?raw';
import guestbook from '../../examples/3-services/guestbook.yaml?raw';
import shop from '../../examples/4-ingress/sock-shop.yaml?raw';
import hosts from '../../examples/4-ingress/hosts.yaml?raw';
import closed from '../../examples/5-network-policy/closed.yaml?raw';
import clients from '../../examples/5-network-policy/guestbook.yaml?raw';
import type { Scene } from './scene';
import type { Report } from './report';
import { isGood } from './report';

/** A step: what to do, and how the cluster itself tells that it is done. */
export interface Step {
  kind: 'apply' | 'look' | 'break' | 'mend';
  text: string;
  /** As typed below examples/. */
  command?: string;
  /** What the command applies, and what it deletes first, where the map may do it. */
  manifest?: string; removes?: string;
  /** Where to look. */
  open?(scene: Scene): string | undefined;
  ask?(scene: Scene): [string, string] | undefined;
  done(scene: Scene, report: Report | null): boolean;
}
export interface Chapter { title: string; folder: string; text: string; steps: Step[] }

/** How many of the steps are done, one after another: a question that is right for a later one does not count before its turn. */
export function progress(steps: Step[], before: number, scene: Scene, report: Report | null): number {
  let done = before;
  while (done < steps.length && steps[done]!.done(scene, report)) done++;
  return done;
}

/** One object of an example, with something in it changed. */
function changed(manifest: string, object: string, from: string, to: string): string {
  const document = manifest.split(/^---$/m).find(d => d.includes(object) && d.includes(from));
  if (!document) throw new Error(`no ${object} with ${from} in the example`);
  return document.replace(from, to);
}

/** One object of an example. */
const only = (manifest: string, object: string) => changed(manifest, object, '', '');

const inDefault = (scene: Scene) => scene.nodes.flatMap(n => n.pods).filter(p => p.ns === 'default');
const pod = (scene: Scene, stem: string) => inDefault(scene).find(p => p.stem === stem && p.state !== 'ending');
const ready = (scene: Scene, ...stems: string[]) => stems.every(s => pod(scene, s)?.state === 'ready');
const service = (scene: Scene, name: string, ns = 'default') => scene.services.find(s => s.name === name && s.ns === ns);
const good = (report: Report | null, source: string, destination: string) => report !== null && report.source.includes(source) && report.destination.includes(destination) && isGood(report);
const bad = (report: Report | null, destination: string) => report !== null && report.destination.includes(destination) && !isGood(report) && report.culprit !== null;
const web = (report: Report | null) => report !== null && report.web !== null && report.web.request.includes('shop.example/cart');
const from = (scene: Scene) => pod(scene, 'client-far')?.id ?? pod(scene, 'client-near')?.id ?? pod(scene, 'frontend')?.id;
const to = (scene: Scene, destination: string): [string, string] | undefined => { const f = from(scene); return f ? [f, destination] : undefined; };

const failed = (scene: Scene, stem: string) => { const p = pod(scene, stem); return p !== undefined && (p.state === 'failed' || p.containers.some(c => c.state === 'failed')); };

export const CHAPTERS: Chapter[] = [
  {
    title: 'Container to container', folder: '1-container-to-container', text: 'Containers of one pod live in one network namespace, and may share a volume.',
    steps: [
      { kind: 'apply', text: 'A pod with two containers and one volume.', command: 'kubectl apply -f shared-volume.yaml', manifest: shared, done: s => pod(s, 'two-containers') !== undefined },
      { kind: 'look', text: 'Go into the pod: both mount shared-data, and one network namespace is around both. debian-container wrote its line and ended; nginx-container serves it.', open: s => pod(s, 'two-containers')?.id, done: s => pod(s, 'two-containers')?.containers.some(c => c.state === 'done') === true },
      { kind: 'break', text: 'Two containers that both want port 80. They share one network namespace, so the second cannot have it.', command: 'kubectl apply -f port-clash.yaml', manifest: clash, open: s => pod(s, 'port-clash')?.id, done: s => failed(s, 'port-clash') },
      { kind: 'mend', text: 'A port has one container. Here the other one asks for it at localhost.', command: 'kubectl delete -f port-clash.yaml && kubectl apply -f localhost.yaml', removes: clash, manifest: localhost, open: s => pod(s, 'over-localhost')?.id, done: s => ready(s, 'over-localhost') && pod(s, 'port-clash') === undefined },
    ],
  },
  {
    title: 'Pod to pod', folder: '2-pod-to-pod', text: 'Every pod has an address of its own and reaches every other by it, without translation.',
    steps: [
      { kind: 'apply', text: 'A server, a client beside it and a client on another node.', command: 'kubectl apply -f two-nodes.yaml', manifest: twoNodes, done: s => ready(s, 'server', 'client-near', 'client-far') },
      { kind: 'look', text: 'Follow a packet from the far client: veth, route, wire, route, veth. Nobody rewrites its addresses.', ask: s => to(s, 'pod/default/server:80'), done: (_, r) => good(r, '/client-', '/server') },
      { kind: 'break', text: 'Take the server away, and ask again.', command: 'kubectl delete pod server', removes: only(twoNodes, 'name: server\n'), ask: s => to(s, 'pod/default/server:80'), done: (s, r) => pod(s, 'server') === undefined && bad(r, '/server') },
      { kind: 'mend', text: 'Bring it back. It has another address, and the way finds it.', command: 'kubectl apply -f two-nodes.yaml', manifest: twoNodes, ask: s => to(s, 'pod/default/server:80'), done: (s, r) => ready(s, 'server') && good(r, '/client-', '/server') },
    ],
  },
  {
    title: 'Services', folder: '3-services', text: 'A name and an address that stay, in front of pods that change.',
    steps: [
      { kind: 'apply', text: 'The guestbook: front ends, a leader, followers, a Service each.', command: 'kubectl apply -f guestbook.yaml', manifest: guestbook, done: s => (service(s, 'frontend')?.endpoints.filter(e => e.ready).length ?? 0) >= 3 },
      { kind: 'look', text: 'Ask for the name: DNS answers on the node, its kernel chooses an endpoint.', ask: s => to(s, 'http://redis-leader:6379'), done: (_, r) => good(r, 'pod/', '/redis-leader') },
      { kind: 'break', text: 'Misspell the selector, and watch the lines to the pods go.', command: `kubectl patch service frontend -p '{"spec":{"selector":{"tier":"front-end"}}}'`, manifest: changed(guestbook, 'kind: Service\nmetadata:\n  name: frontend', 'selector: {app: guestbook, tier: frontend}', 'selector: {app: guestbook, tier: front-end}'), ask: s => to(s, 'svc/default/frontend:80'), done: (s, r) => service(s, 'frontend')?.endpoints.length === 0 && bad(r, '/frontend') },
      { kind: 'mend', text: 'The map names the field and the patch. Apply it.', command: `kubectl patch service frontend -p '{"spec":{"selector":{"tier":"frontend"}}}'`, manifest: only(guestbook, 'kind: Service\nmetadata:\n  name: frontend'), ask: s => to(s, 'svc/default/frontend:80'), done: (s, r) => (service(s, 'frontend')?.endpoints.length ?? 0) > 0 && good(r, 'pod/', '/frontend') },
    ],
  },
  {
    title: 'Ingress', folder: '4-ingress', text: 'One address in front of many applications, by host and path.',
    steps: [
      { kind: 'apply', text: 'A second application, the sock shop.', command: 'kubectl apply -f sock-shop.yaml', manifest: shop, done: s => ['front-end', 'carts'].every(n => service(s, n, 'sock-shop')?.endpoints.some(e => e.ready)) },
      { kind: 'apply', text: 'Rules for it and for the guestbook.', command: 'kubectl apply -f hosts.yaml', manifest: hosts, done: s => s.gates.some(g => g.id === 'Ingress/sock-shop/shop' && g.address !== '' && g.rules.some(r => r.host === 'shop.example')) },
      { kind: 'look', text: 'Follow a request: the rule that takes it, those that do not, and on to a pod.', ask: () => ['host', 'http://shop.example/cart'], done: (_, r) => web(r) && isGood(r!) },
      { kind: 'break', text: 'Let a rule lead to a port that its Service does not have.', command: `kubectl patch ingress shop -n sock-shop --type=json -p '[{"op":"replace","path":"/spec/rules/0/http/paths/1/backend/service/port/number","value":81}]'`, manifest: changed(hosts, 'name: shop', '{service: {name: carts, port: {number: 80}}}', '{service: {name: carts, port: {number: 81}}}'), ask: () => ['host', 'http://shop.example/cart'], done: (_, r) => web(r) && !isGood(r!) && r!.culprit !== null },
      { kind: 'mend', text: 'The map names the rule, its field and the patch. Apply it.', command: 'kubectl apply -f hosts.yaml', manifest: hosts, ask: () => ['host', 'http://shop.example/cart'], done: (_, r) => web(r) && isGood(r!) },
    ],
  },
  {
    title: 'NetworkPolicy', folder: '5-network-policy', text: 'Who may talk to whom. The guestbook of the third chapter is there.',
    steps: [
      { kind: 'look', text: 'As long as no policy selects it, everybody reaches the database.', ask: s => to(s, 'svc/default/redis-leader:6379'), done: (_, r) => good(r, 'pod/', '/redis-leader') },
      { kind: 'break', text: 'Close the database to everybody.', command: 'kubectl apply -f closed.yaml', manifest: closed, ask: s => to(s, 'svc/default/redis-leader:6379'), done: (_, r) => bad(r, '/redis-leader') && r!.verdict === 'Dropped' },
      { kind: 'mend', text: 'Open it to its clients: the front ends, and whoever bears the label.', command: 'kubectl apply -f guestbook.yaml', manifest: clients, ask: s => { const f = pod(s, 'frontend'); return f ? [f.id, 'svc/default/redis-leader:6379'] : undefined; }, done: (_, r) => good(r, '/frontend', '/redis-leader') },
    ],
  },
];
