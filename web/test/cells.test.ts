import { describe, expect, it } from 'vitest';
import { allowed, gridOf, questionOf, telling, windowOf } from '../src/cells';
import type { MatrixCell } from '../src/source';

const cell = (from: string, to: string, port: string, more: Partial<MatrixCell> = {}): MatrixCell => ({ from, to, port, allowed: 'yes', deniedBy: '', policies: [], ...more });

describe('the matrix', () => {
  const matrix = { ends: ['a/x', 'a/y', 'b/z', 'outside (203.0.113.1)'], cells: [cell('a/x', 'a/y', 'tcp 80'), cell('a/x', 'a/y', 'tcp 9000', { allowed: 'no', deniedBy: 'ingress' }), cell('b/z', 'a/y', 'tcp 80', { allowed: 'no' }), cell('a/x', 'outside (203.0.113.1)', 'any')] };
  it('is of all ports together, or of one', () => {
    const all = gridOf(matrix, '');
    expect([all.rows, all.columns, all.ports]).toEqual([['a/x', 'b/z'], ['a/y', 'outside (203.0.113.1)'], ['any', 'tcp 80', 'tcp 9000']]);
    expect(allowed(all.at('a/x', 'a/y')!)).toBe('some');
    expect(telling(all.at('a/x', 'a/y')!).port).toBe('tcp 9000');
    const one = gridOf(matrix, 'tcp 80');
    expect(allowed(one.at('a/x', 'a/y')!)).toBe('yes');
    // What has no port of its own is about every port.
    expect(one.columns).toContain('outside (203.0.113.1)');
    expect(gridOf(matrix, 'tcp 9000').rows).not.toContain('b/z');
  });

  it('asks for the whole way of a cell', () => {
    expect(questionOf(cell('a/x-7c467f785c-bbbhd ×3', 'a/y', 'tcp 80'))).toEqual(['pod/a/x-7c467f785c-bbbhd', 'pod/a/y:80']);
    expect(questionOf(cell('gateway service/g/door', 'service/kube-system/kube-dns', 'udp 53'))).toEqual(['host', 'svc/kube-system/kube-dns:53/udp']);
    expect(questionOf(cell('outside (203.0.113.1)', 'a/y', 'any'))).toEqual(['host', 'pod/a/y']);
  });

  it('draws of thousands what is in view', () => {
    expect(windowOf(5000, 37, 0, 600)).toEqual([0, 23]);
    expect(windowOf(5000, 37, 37_000, 600)).toEqual([994, 1023]);
    expect(windowOf(10, 37, 0, 600)).toEqual([0, 10]);
    expect(windowOf(10, 37, 99_999, 600)).toEqual([9, 10]);
    expect(windowOf(0, 37, 0, 600)).toEqual([0, 0]);
  });
});
