import { describe, expect, it } from 'vitest';
import { amount, Flows, lightsOf, named, rateText } from '../src/flows';
import { CHAPTERS, progress } from '../src/chapters';
import type { Report } from '../src/report';
import { formatRoute, HOME, parseRoute } from '../src/route';
import type { Flow, Rate } from '../src/source';
import { node, objects, pod, scene, service, slice } from './objects';

describe('a link', () => {
  it('comes back as it was', () => {
    for (const route of [HOME, { ...HOME, from: 'pod/default/a', to: 'http://shop.example/cart?x=1&y=ä#z' }, { ...HOME, view: 'matrix' as const, ns: 'a', port: 'tcp 80' }])
      expect(parseRoute(formatRoute(route))).toEqual(route);
  });
  it('may be anything', () => {
    for (const hash of ['', '#', '#/', '#/nowhere?x', '#/map?from=%E0%A4%A', '#/map?from=' + 'x'.repeat(9999)]) expect(parseRoute(hash).view).toBe('map');
    expect(parseRoute('#/map?from=<img src=x onerror=alert(1)>').from).toBe('<img src=x onerror=alert(1)>');
  });
});

describe('connections', () => {
  const flow = (source: string, allowed = true): Flow => ({ time: '', allowed, source, sourceAddress: '', destination: 'pod/a/b', destinationAddress: '10.0.0.1:80', protocol: 'tcp', policies: [], disagreement: null });
  it('are counted by the second, what is dropped first', () => {
    const flows = new Flows();
    for (let i = 0; i < 10; i++) flows.add(flow('pod/a/busy'), i * 100);
    flows.add(flow('pod/a/stopped', false), 500);
    expect(flows.streams(1000).map(s => [s.source, s.perSecond])).toEqual([['pod/a/stopped', 0.2], ['pod/a/busy', 2]]);
    expect(flows.streams(10_000)).toEqual([]);
  });

  const rate = (more: Partial<Rate> = {}): Rate => ({ source: 'pod/a/busy', service: null, destination: 'pod/a/b', protocol: 'tcp', port: 80, connections: 2, newPerSecond: 0, bytesPerSecond: 12_345, ...more });
  it('that stand have their rates, and the policies of those that began', () => {
    const flows = new Flows();
    flows.add({ ...flow('pod/a/busy'), policies: ['NetworkPolicy/a/open'] }, 0);
    flows.rated({ streams: [rate(), rate({ source: 'pod/a/still', bytesPerSecond: 0 })], requests: [] });
    const [busy, still] = flows.streams(100);
    expect(busy).toMatchObject({ source: 'pod/a/busy', open: 2, bytes: 12_345, policies: ['NetworkPolicy/a/open'] });
    expect([rateText(busy!), rateText(still!), lightsOf(busy!), lightsOf(still!)]).toEqual(['12 kB/s', '', 2, 0]);
  });
  it('of a kernel that does not count are told by how many begin', () => {
    const flows = new Flows();
    flows.rated({ streams: [rate({ bytesPerSecond: null, newPerSecond: 3 })], requests: [] });
    expect(flows.streams(0).map(s => [rateText(s), lightsOf(s)])).toEqual([['3.0 new/s', 3]]);
  });
  it('have numbers of three digits', () => expect([0.4, 9.94, 12, 999, 1_000, 12_345, 1e9].map(v => amount(v, ['', 'k', 'M', 'G']))).toEqual(['0.4', '9.9', '12', '999', '1.0 k', '12 k', '1.0 G']));
});

describe('names in connections', () => {
  const all = objects({ Node: [node('n')], Pod: [pod('a', 'n')], Service: [{ ...service('kube-dns', 'kube-system'), spec: { clusterIPs: ['10.96.0.10', 'fd00::a'] } }] });
  const flow = (more: Partial<Flow>): Flow => ({ time: '', allowed: true, source: 'pod/default/a', sourceAddress: '', destination: 'pod/default/a', destinationAddress: '', protocol: 'tcp', policies: [], disagreement: null, ...more });
  it('are those of Services', () => expect(named(all, flow({ destination: '10.96.0.10' }))?.destination).toBe('service/kube-system/kube-dns'));
  it('tell a probe of the node', () => expect(named(all, flow({ source: '10.96.0.10' }))?.source).toBe('node/n'));
  it('leave out what the DNS answers', () => expect(named(all, flow({ source: 'fd00::a', protocol: 'udp' }))).toBeNull());
  it('stay as they are otherwise', () => expect(named(all, flow({ source: '172.30.0.1' }))?.source).toBe('172.30.0.1'));
});

describe('the chapters', () => {
  const empty = scene({ Node: [node('n')] });
  it('wait for the cluster', () => { for (const c of CHAPTERS) for (const s of c.steps) expect(s.done(empty, null), `${c.title}: ${s.text}`).toBe(false); });
  it('see what was applied', () => {
    const applied = scene({ Node: [node('n')], Pod: ['server', 'client-near', 'client-far'].map(p => pod(p, 'n')), Service: [service('frontend')], EndpointSlice: [slice('frontend', ['a', 'b', 'c'])] });
    expect(CHAPTERS[1]!.steps[0]!.done(applied, null)).toBe(true);
    expect(CHAPTERS[2]!.steps[0]!.done(applied, null)).toBe(true);
    expect(CHAPTERS[1]!.steps[1]!.ask!(applied)).toEqual(['pod/default/client-far', 'pod/default/server:80']);
  });
  it('go step by step', () => {
    const there = scene({ Node: [node('n')], Pod: ['server', 'client-near', 'client-far'].map(p => pod(p, 'n')) });
    const good = { source: 'pod/default/client-far', destination: 'pod/default/server', verdict: 'Delivered', culprit: null, probe: null, web: null } as unknown as Report;
    const [, chapter] = CHAPTERS;
    expect(progress(chapter!.steps, 0, there, null)).toBe(1);
    // The same answer is the last step's too, whose turn it is not.
    expect(progress(chapter!.steps, 0, there, good)).toBe(2);
    expect(progress(chapter!.steps, 3, there, good)).toBe(4);
  });
  it('end each with something mended', () => { for (const c of CHAPTERS) expect(c.steps.map(s => s.kind).filter(k => k === 'break' || k === 'mend'), c.title).toEqual(['break', 'mend']); });
  it('break one thing of a file and leave the rest', () => {
    const broken = CHAPTERS[3]!.steps[3]!.manifest!;
    expect(broken).toContain('name: carts, port: {number: 81}');
    expect(broken).toContain('name: orders, port: {number: 80}');
    expect(broken).not.toContain('name: guestbook');
    expect(CHAPTERS[1]!.steps[2]!.removes).not.toContain('client-far');
  });
  it('have the files they show', () => { for (const c of CHAPTERS) for (const s of c.steps) if (s.manifest) expect(s.manifest).toContain('apiVersion:'); });
});
