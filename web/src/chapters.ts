import shared from '../../examples/1-container-to-container/shared-volume.yaml?raw';
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
  /** What the command applies or deletes, where the map may do it. */
  manifest?: string; remove?: boolean;
  /** Where to look. */
  open?(scene: Scene): string | undefined;
  ask?(scene: Scene): [string, string] | undefined;
  done(scene: Scene, report: Report | null): boolean;
}
export interface Chapter { title: string; folder: string; text: string; steps: Step[] }

const inDefault = (scene: Scene) => scene.nodes.flatMap(n => n.pods).filter(p => p.ns === 'default');
const pod = (scene: Scene, stem: string) => inDefault(scene).find(p => p.stem === stem && p.state !== 'ending');
const ready = (scene: Scene, ...stems: string[]) => stems.every(s => pod(scene, s)?.state === 'ready');
const service = (scene: Scene, name: string, ns = 'default') => scene.services.find(s => s.name === name && s.ns === ns);
const good = (report: Report | null, source: string, destination: string) => report !== null && report.source.includes(source) && report.destination.includes(destination) && isGood(report);
const bad = (report: Report | null, destination: string) => report !== null && report.destination.includes(destination) && !isGood(report) && report.culprit !== null;
const from = (scene: Scene) => pod(scene, 'client-far')?.id ?? pod(scene, 'client-near')?.id ?? pod(scene, 'frontend')?.id;
const to = (scene: Scene, destination: string): [string, string] | undefined => { const f = from(scene); return f ? [f, destination] : undefined; };

export const CHAPTERS: Chapter[] = [
  {
    title: 'Container to container', folder: '1-container-to-container', text: 'Containers of one pod live in one network namespace, and may share a volume.',
    steps: [
      { kind: 'apply', text: 'A pod with two containers and one volume.', command: 'kubectl apply -f shared-volume.yaml', manifest: shared, done: s => pod(s, 'two-containers') !== undefined },
      { kind: 'look', text: 'Go into the pod: both mount shared-data, and one network namespace is around both. debian-container wrote its line and ended; nginx-container serves it.', open: s => pod(s, 'two-containers')?.id, done: s => pod(s, 'two-containers')?.containers.some(c => c.state === 'done') === true },
    ],
  },
  {
    title: 'Pod to pod', folder: '2-pod-to-pod', text: 'Every pod has an address of its own and reaches every other by it, without translation.',
    steps: [
      { kind: 'apply', text: 'A server, a client beside it and a client on another node.', command: 'kubectl apply -f two-nodes.yaml', manifest: twoNodes, done: s => ready(s, 'server', 'client-near', 'client-far') },
      { kind: 'look', text: 'Follow a packet from the far client: veth, route, wire, route, veth. Nobody rewrites its addresses.', ask: s => to(s, 'pod/default/server:80'), done: (_, r) => good(r, '/client-far', '/server') },
      { kind: 'break', text: 'Ask for a port nobody listens on.', ask: s => to(s, 'pod/default/server:81'), done: (_, r) => bad(r, '/server') && r!.port === 81 },
    ],
  },
  {
    title: 'Services', folder: '3-services', text: 'A name and an address that stay, in front of pods that change.',
    steps: [
      { kind: 'apply', text: 'The guestbook: front ends, a leader, followers, a Service each.', command: 'kubectl apply -f guestbook.yaml', manifest: guestbook, done: s => (service(s, 'frontend')?.endpoints.filter(e => e.ready).length ?? 0) >= 3 },
      { kind: 'look', text: 'Ask for the name: DNS answers on the node, its kernel chooses an endpoint.', ask: s => to(s, 'http://redis-leader:6379'), done: (_, r) => good(r, 'pod/', '/redis-leader') },
      { kind: 'break', text: 'Misspell the selector, and watch the lines to the pods go.', command: `kubectl patch service frontend -p '{"spec":{"selector":{"tier":"front-end"}}}'`, ask: s => to(s, 'svc/default/frontend:80'), done: s => service(s, 'frontend')?.endpoints.length === 0 },
      { kind: 'mend', text: 'The map names the field and the patch. Apply it.', command: `kubectl patch service frontend -p '{"spec":{"selector":{"tier":"frontend"}}}'`, ask: s => to(s, 'svc/default/frontend:80'), done: (s, r) => (service(s, 'frontend')?.endpoints.length ?? 0) > 0 && good(r, 'pod/', '/frontend') },
    ],
  },
  {
    title: 'Ingress', folder: '4-ingress', text: 'One address in front of many applications, by host and path.',
    steps: [
      { kind: 'apply', text: 'A second application, the sock shop.', command: 'kubectl apply -f sock-shop.yaml', manifest: shop, done: s => (service(s, 'front-end', 'sock-shop')?.endpoints.filter(e => e.ready).length ?? 0) > 0 },
      { kind: 'apply', text: 'Rules for it and for the guestbook.', command: 'kubectl apply -f hosts.yaml', manifest: hosts, done: s => s.gates.some(g => g.ns === 'sock-shop' && g.address !== '') },
      { kind: 'look', text: 'Follow a request: the rule that takes it, those that do not, and on to a pod.', ask: () => ['host', 'http://shop.example/cart'], done: (_, r) => r?.web?.rule !== null && r?.web !== null && r !== null && isGood(r) },
      { kind: 'break', text: 'Ask for a path that has no rule.', ask: () => ['host', 'http://guestbook.exampel/'], done: (_, r) => r !== null && !isGood(r) && r.web !== undefined },
    ],
  },
  {
    title: 'NetworkPolicy', folder: '5-network-policy', text: 'Who may talk to whom.',
    steps: [
      { kind: 'break', text: 'Close the database to everybody.', command: 'kubectl apply -f closed.yaml', manifest: closed, ask: s => to(s, 'svc/default/redis-leader:6379'), done: (_, r) => bad(r, '/redis-leader') && r!.verdict === 'Dropped' },
      { kind: 'mend', text: 'Open it to its clients: the front ends, and whoever bears the label.', command: 'kubectl apply -f guestbook.yaml', manifest: clients, ask: s => { const f = pod(s, 'frontend'); return f ? [f.id, 'svc/default/redis-leader:6379'] : undefined; }, done: (_, r) => good(r, '/frontend', '/redis-leader') },
    ],
  },
];
