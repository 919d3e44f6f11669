import type { Change, KindList } from './kube';
import type { Report } from './report';

export interface Matrix { ends: string[]; cells: MatrixCell[] }
export interface MatrixCell { from: string; to: string; port: string; allowed: 'yes' | 'no' | 'some'; deniedBy: string; policies: string[] }
export interface Station {
  name: string; links: { name: string; kind: string | null; up: boolean; mtu: number; alias: string | null; addresses: string[] }[]; routes: string[]; listeners: string[];
  tables: { name: string; chains: number; rules: number; sets: number }[]; connections: number;
}
/** A line of `vitrine explain --watch -o json`. */
export interface Flow { time: string; allowed: boolean; source: string; sourceAddress: string; destination: string; destinationAddress: string; protocol: string; policies: string[]; disagreement: string | null }
/** What goes between two ends now; bytes are null where the kernel does not count them. */
export interface Rate { source: string; service: string | null; destination: string; protocol: string; port: number; connections: number; newPerSecond: number; bytesPerSecond: number | null }
/** Requests that a rule of a gateway sent to a Service. */
export interface RequestRate { route: string; service: string; perSecond: number }
export interface Rates { streams: Rate[]; requests: RequestRate[] }
/** How one node reaches another's pods: by a link both are on, by a tunnel, or (without an mtu) not at all. */
export interface NodeWay { from: string; to: string; range: string; entry: string; tunnel: string | null; mtu: number }
export interface About { name: string; context: string; mayApply: boolean }
export interface Snapshot { cluster: string; taken: string; lists: KindList[]; matrix: Matrix; ways?: NodeWay[]; stations: Station[]; answers: { from: string; to: string; report: Report }[] }

export interface Listener { list(list: KindList): void; synced(): void; change(change: Change): void; flow(flow: Flow): void; rates(rates: Rates): void; ways(ways: NodeWay[]): void; state(state: 'live' | 'lost'): void }

/** Where the page's facts come from: a cluster's server, or a snapshot in the page itself. */
export interface Source {
  readonly taken: string | null;
  about(): Promise<About>;
  listen(listener: Listener): () => void;
  explain(from: string, to: string): Promise<Report>;
  matrix(ns: string): Promise<Matrix>;
  station(of: string): Promise<Station>;
  apply(yaml: string, remove: boolean): Promise<string[]>;
  /** Questions that can be answered; null for any. */
  readonly answers: { from: string; to: string }[] | null;
}

/** What was said why there is no answer, and what to do. */
export class Refusal extends Error {
  constructor(message: string, readonly remedy: string | null) { super(message); }
}

export function openSource(): Source {
  const text = document.getElementById('snapshot')?.textContent?.trim();
  return text ? new SnapshotSource(JSON.parse(text) as Snapshot) : new LiveSource();
}

const RETRY = 2_000;

class LiveSource implements Source {
  readonly taken = null;
  readonly answers = null;

  about() { return get<About>('api/about'); }

  listen(listener: Listener): () => void {
    let events: EventSource, wait = 0;
    const open = () => {
      events = new EventSource('api/events?flows=1');
      const on = (name: string, handle: (data: any) => void) => events.addEventListener(name, e => handle(JSON.parse((e as MessageEvent<string>).data)));
      on('list', data => listener.list(data));
      on('change', data => listener.change(data));
      on('flow', data => listener.flow(data));
      on('rates', data => listener.rates(data));
      on('ways', data => listener.ways(data));
      on('synced', () => { listener.synced(); listener.state('live'); });
      // The browser asks anew by itself, and is told everything again; not after a refusal, which a server that starts gives too.
      events.onerror = () => {
        listener.state('lost');
        if (events.readyState === EventSource.CLOSED) wait = window.setTimeout(open, RETRY);
      };
    };
    open();
    return () => { clearTimeout(wait); events.close(); };
  }

  explain(from: string, to: string) { return get<Report>(`api/explain?${new URLSearchParams({ from, to })}`); }
  matrix(ns: string) { return get<Matrix>(`api/matrix?${new URLSearchParams({ namespace: ns })}`); }
  station(of: string) { return get<Station>(`api/station?${new URLSearchParams({ of })}`); }
  async apply(yaml: string, remove: boolean) { return answer<string[]>(await fetch(`api/apply${remove ? '?delete=1' : ''}`, { method: 'POST', body: yaml })); }
}

class SnapshotSource implements Source {
  readonly taken: string;
  readonly answers: { from: string; to: string }[];

  constructor(private readonly snapshot: Snapshot) {
    this.taken = snapshot.taken;
    this.answers = snapshot.answers.map(({ from, to }) => ({ from, to }));
  }

  async about() { return { name: this.snapshot.cluster, context: '', mayApply: false }; }

  listen(listener: Listener) {
    this.snapshot.lists.forEach(l => listener.list(l));
    listener.ways(this.snapshot.ways ?? []);
    listener.synced();
    return () => undefined;
  }

  async explain(from: string, to: string) {
    const known = this.snapshot.answers.find(a => a.from === from && a.to === to) ?? this.snapshot.answers.find(a => a.from === from && a.to.replace(/:\d+$/, '') === to.replace(/:\d+$/, ''));
    if (known) return known.report;
    throw new Refusal('This page is a snapshot, and it was not asked this.', `vitrine map --static DIR --explain '${from} ${to}'`);
  }

  async matrix(ns: string) {
    const { ends, cells } = this.snapshot.matrix;
    const of = (end: string) => end.replace(/^(gateway )?service\//, '').startsWith(`${ns}/`);
    return ns ? { ends, cells: cells.filter(c => of(c.from) || of(c.to)) } : this.snapshot.matrix;
  }

  async station(of: string) {
    const known = this.snapshot.stations.find(s => s.name === of);
    if (known) return known;
    throw new Refusal(`The snapshot has nothing of the inside of ${of}.`, null);
  }

  async apply(): Promise<string[]> { throw new Refusal('A snapshot cannot be changed.', null); }
}

async function get<T>(path: string): Promise<T> { return answer<T>(await fetch(path)); }

async function answer<T>(response: Response): Promise<T> {
  if (response.ok) return await response.json() as T;
  if (response.headers.get('content-type')?.startsWith('application/json')) {
    const failure = await response.json() as { error: string; remedy: string | null };
    throw new Refusal(failure.error, failure.remedy);
  }
  throw new Refusal(response.status === 401 ? 'The cluster does not know this page any more.' : await response.text(), 'vitrine map prints a new link');
}
