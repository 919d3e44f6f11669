import { keyOf, type Objects } from './kube';
import type { Flow, Rate, Rates, RequestRate } from './source';

/** What goes between two ends: connections that stand, new ones, bytes; or what is dropped, and by which policy. */
export interface Stream {
  source: string; service: string | null; destination: string; allowed: boolean; policies: string[]; port: string;
  open: number; perSecond: number; /** null where the kernel does not count */ bytes: number | null; last: number;
}

const WINDOW = 5_000;

/** Connections as they are told: each as it begins, and once a second how much goes by all that stand. */
export class Flows {
  private readonly seen = new Map<string, { flow: Flow; times: number[] }>();
  private rates: Rates = { streams: [], requests: [] };

  add(flow: Flow, now: number) {
    const key = `${flow.source} ${flow.destination} ${flow.destinationAddress} ${flow.allowed}`;
    const known = this.seen.get(key);
    if (known) { known.flow = flow; known.times.push(now); } else this.seen.set(key, { flow, times: [now] });
  }

  rated(rates: Rates) { this.rates = rates; }

  get requests(): RequestRate[] { return this.rates.requests; }

  /** What is dropped before all, then the busiest. */
  streams(now: number): Stream[] {
    const found = new Map<string, Stream>(this.rates.streams.map(r => [`${r.source} ${r.destination} ${portOf(r)} true`, ofRate(r)]));
    for (const [key, { flow, times }] of this.seen) {
      while (times.length && times[0]! < now - WINDOW) times.shift();
      if (!times.length) { this.seen.delete(key); continue; }
      const port = `${flow.protocol} ${flow.destinationAddress.split(':').at(-1) ?? ''}`, pair = `${flow.source} ${flow.destination} ${port} ${flow.allowed}`;
      const known = found.get(pair), perSecond = times.length / (WINDOW / 1000);
      if (known) { known.policies = flow.policies; known.last = times.at(-1)!; known.perSecond = Math.max(known.perSecond, perSecond); }
      else found.set(pair, { source: flow.source, service: null, destination: flow.destination, allowed: flow.allowed, policies: flow.policies, port, open: 0, perSecond, bytes: null, last: times.at(-1)! });
    }
    return [...found.values()].sort((a, b) => Number(a.allowed) - Number(b.allowed) || (b.bytes ?? 0) - (a.bytes ?? 0) || b.perSecond - a.perSecond || b.open - a.open || b.last - a.last);
  }
}

const portOf = (r: Rate) => `${r.protocol} ${r.port || ''}`;
const ofRate = (r: Rate): Stream => ({ source: r.source, service: r.service, destination: r.destination, allowed: true, policies: [], port: portOf(r), open: r.connections, perSecond: r.newPerSecond, bytes: r.bytesPerSecond, last: 0 });

/** "12 kB/s", "0.4/s", or nothing where nothing moves. */
export function rateText(stream: { bytes: number | null; perSecond: number }): string {
  if (stream.bytes !== null && stream.bytes >= 1) return `${amount(stream.bytes, ['B', 'kB', 'MB', 'GB'])}/s`;
  return stream.perSecond > 0 ? `${amount(stream.perSecond, ['', 'k'])} new/s` : '';
}

/** Three digits at most. */
export function amount(value: number, units: string[]): string {
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) { value /= 1000; unit++; }
  return `${value >= 9.95 || (unit === 0 && units[0] === 'B') ? Math.round(value) : value.toFixed(1)}${units[unit] ? ` ${units[unit]}` : ''}`;
}

/** How many lights a second tell of it: 0 for what stands and is still, more by the logarithm. */
export const lightsOf = (stream: Stream) => stream.bytes !== null && stream.bytes >= 1 ? Math.min(4, 1 + Math.floor(Math.log10(Math.max(1, stream.bytes / 1000)))) : stream.bytes === null && stream.perSecond >= 0.5 ? Math.min(4, Math.ceil(stream.perSecond)) : 0;

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
