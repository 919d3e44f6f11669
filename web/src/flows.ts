import { keyOf, type Objects } from './kube';
import type { Flow } from './source';

export interface Stream { source: string; destination: string; allowed: boolean; policies: string[]; port: string; perSecond: number; last: number }

const WINDOW = 5_000;

/** Connections of the last seconds, pair by pair. */
export class Flows {
  private readonly seen = new Map<string, { flow: Flow; times: number[] }>();

  add(flow: Flow, now: number) {
    const key = `${flow.source} ${flow.destination} ${flow.destinationAddress} ${flow.allowed}`;
    const known = this.seen.get(key);
    if (known) { known.flow = flow; known.times.push(now); } else this.seen.set(key, { flow, times: [now] });
  }

  /** The busiest first, what is dropped before all. */
  streams(now: number): Stream[] {
    const found: Stream[] = [];
    for (const [key, { flow, times }] of this.seen) {
      while (times.length && times[0]! < now - WINDOW) times.shift();
      if (!times.length) { this.seen.delete(key); continue; }
      found.push({ source: flow.source, destination: flow.destination, allowed: flow.allowed, policies: flow.policies, port: `${flow.protocol} ${flow.destinationAddress.split(':').at(-1) ?? ''}`, perSecond: times.length / (WINDOW / 1000), last: times.at(-1)! });
    }
    return found.sort((a, b) => Number(a.allowed) - Number(b.allowed) || b.perSecond - a.perSecond || b.last - a.last);
  }
}

/**
 * With the cluster's own names for addresses of Services. A node asks its own pods from the address of the DNS, which is on a link of its own: such a probe comes from the pod's node. What
 * the DNS answers by UDP, untracked, is no connection of its own: null.
 */
export function named(objects: Objects, flow: Flow): Flow | null {
  const service = (address: string) => address.includes('/') ? undefined : objects.all('Service').find(s => s.spec?.clusterIPs?.includes(address));
  if (service(flow.source)) {
    const node = objects.find(flow.destination)?.spec?.nodeName;
    return flow.protocol === 'udp' || !node ? null : { ...flow, source: `node/${node}` };
  }
  const asked = service(flow.destination);
  return asked ? { ...flow, destination: `service/${keyOf(asked)}` } : flow;
}
