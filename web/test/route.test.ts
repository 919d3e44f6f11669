import { describe, expect, it } from 'vitest';
import { Flows, named } from '../src/flows';
import { CHAPTERS } from '../src/chapters';
import { formatRoute, HOME, parseRoute } from '../src/route';
import type { Flow } from '../src/source';
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
  it('have the files they show', () => { for (const c of CHAPTERS) for (const s of c.steps) if (s.manifest) expect(s.manifest).toContain('apiVersion:'); });
});
