import { describe, expect, it } from 'vitest';
import { layoutOf, type Box, type Layout } from '../src/layout';
import { nearest } from '../src/canvas';
import { large, node, pod, scene, service, slice } from './objects';

const meets = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const inside = (a: Box, b: Box) => a.x >= b.x && a.y >= b.y && a.x + a.w <= b.x + b.w && a.y + a.h <= b.y + b.h;
const ids = (l: Layout, kind: string) => Object.keys(l.boxes).filter(i => i.startsWith(kind));

describe('the layout', () => {
  for (const [pods, nodes] of [[0, 1], [3, 1], [11, 3], [40, 3], [200, 5], [2000, 20]] as const)
    it(`puts ${pods} pods into ${nodes} nodes, and nothing over another`, () => {
      const s = large(pods, nodes, 8), l = layoutOf(s);
      for (const n of s.nodes) for (const p of n.pods) expect(inside(l.boxes[p.id]!, l.boxes[n.id]!), p.id).toBe(true);
      const places = ids(l, 'pod/').slice(0, 200).map(i => l.boxes[i]!);
      places.forEach((a, i) => places.slice(i + 1).forEach(b => expect(meets(a, b)).toBe(false)));
      const upper = [...ids(l, 'service/'), ...ids(l, 'node/'), 'host'].map(i => l.boxes[i]!);
      upper.forEach((a, i) => upper.slice(i + 1).forEach(b => expect(meets(a, b)).toBe(false)));
    });

  it('is the same for the same objects', () => expect(layoutOf(large(100, 3, 12))).toEqual(layoutOf(large(100, 3, 12))));

  it('stands all nodes on the wire', () => {
    const l = layoutOf(scene({ Node: [node('a'), node('b')], Pod: [pod('p', 'a'), pod('q', 'a')] }));
    expect(new Set(l.nodes.map(n => n.port.y)).size).toBe(1);
    expect(l.wire).toBeGreaterThan(l.nodes[0]!.port.y);
  });

  it('draws a line for each endpoint that is drawn', () => {
    const l = layoutOf(scene({ Node: [node('n')], Pod: [pod('a', 'n'), pod('b', 'n')], Service: [service('web')], EndpointSlice: [slice('web', ['a', 'b', 'gone'])] }));
    expect(l.edges.map(e => `${e.from} ${e.to}`)).toEqual(['service/default/web pod/default/a', 'service/default/web pod/default/b']);
  });

  it('makes groups of ten thousand Services', () => {
    const l = layoutOf(large(10, 3, 10_000));
    expect(ids(l, 'service/')).toHaveLength(0);
    expect(l.groups).toHaveLength(20);
    expect(l.groups.reduce((n, g) => n + g.count, 0)).toBe(10_000);
  });

  it('leads arrow keys to whatever is there', () => {
    const s = scene({ Node: [node('n')], Pod: ['a', 'b', 'c', 'd'].map(n => pod(n, 'n')), Service: [service('web')] }), l = layoutOf(s);
    const order = Object.keys(l.boxes);
    const seen = new Set(['host']);
    for (let more = true; more;) {
      more = false;
      for (const from of [...seen]) for (const key of ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']) { const to = nearest(l, order, from, key); if (!seen.has(to)) { seen.add(to); more = true; } }
    }
    expect([...seen].sort()).toEqual(order.sort());
  });
});
