import { clip } from './canvas';
import type { Kube } from './kube';
import { softPath } from './path';
import type { ScenePod } from './scene';
import type { Station } from './source';

interface Props { pod: Kube; shown: ScenePod; station: Station | null }
interface Volume { name: string; kind: string }

const W = 236, H = 96, GAP = 28, PAD = 28;

/** One pod from within: its containers share one network namespace and, where they mount it, a volume. */
export function Inside({ pod, shown, station }: Props) {
  const containers: any[] = [...pod.spec?.initContainers ?? [], ...pod.spec?.containers ?? []];
  const mounts = (c: any): { name: string; mountPath: string }[] => (c.volumeMounts ?? []).filter((m: any) => !m.name.startsWith('kube-api-access'));
  const volumes: Volume[] = (pod.spec?.volumes ?? []).filter((v: any) => containers.some(c => mounts(c).some(m => m.name === v.name))).map((v: any) => ({ name: v.name, kind: Object.keys(v).find(k => k !== 'name') ?? '' }));
  const perRow = Math.min(containers.length, 4) || 1;
  const width = Math.max(560, perRow * W + (perRow - 1) * GAP + PAD * 2);
  const rows = Math.ceil(containers.length / perRow);
  const left = (width - (perRow * W + (perRow - 1) * GAP)) / 2;
  const place = (i: number) => ({ x: left + (i % perRow) * (W + GAP), y: 64 + Math.floor(i / perRow) * (H + 16) });
  const belowContainers = 64 + rows * (H + 16) + 22;
  const volumeY = belowContainers + 6;
  const netY = volumes.length ? volumeY + 92 : belowContainers;
  const links = (station?.links ?? [{ name: 'lo', addresses: ['127.0.0.1/8'] }, { name: 'eth0', addresses: [shown.address] }]).filter(l => l.addresses.length).slice(0, 8);
  const sockets = (station?.listeners ?? []).map(l => l.split(' ')).filter((l): l is [string, string] => l.length === 2);
  const MOST_SOCKETS = 10, rowsOf = Math.max(links.length * 34, Math.min(sockets.length, MOST_SOCKETS) * 20 + (sockets.length > MOST_SOCKETS ? 20 : 0), 68);
  const netH = 50 + rowsOf;
  const height = netY + netH + 28;
  const volumeX = (i: number) => width / 2 + (i - (volumes.length - 1) / 2) * 230;
  return (
    <svg class="inside" viewBox={`-2 -2 ${width + 4} ${height + 66}`} role="img" aria-label={`Pod ${shown.name}: containers ${containers.map(c => c.name).join(', ')}; volumes ${volumes.map(v => v.name).join(', ') || 'none'}; listening ${sockets.map(s => s.join(' ')).join(', ') || 'nothing'}`}>
      <defs><linearGradient id="glass-in" x1="0" y1="0" x2="0.7" y2="1"><stop offset="0" class="glass-a" /><stop offset="0.5" class="glass-b" /><stop offset="1" class="glass-c" /></linearGradient></defs>
      <rect class="case pod-case" width={width} height={height} rx={18} />
      <text class="name large" x={PAD} y={38}>{clip(shown.name, 44)}</text>
      <text class="quiet" x={width - PAD} y={38} text-anchor="end">{shown.says}</text>
      {volumes.map((v, i) => containers.map((c, j) => {
        const mount = mounts(c).find(m => m.name === v.name);
        if (!mount) return null;
        const from = place(j), x = from.x + W / 2 + (volumes.length > 1 ? (i - (volumes.length - 1) / 2) * 24 : 0);
        return (
          <g key={`${v.name} ${c.name}`} class="mount">
            <path d={softPath([{ x, y: from.y + H }, { x, y: volumeY + 4 }, { x: volumeX(i), y: volumeY + 4 }, { x: volumeX(i), y: volumeY + 22 }], 10)} />
            <text class="mono quiet label" x={x + 8} y={from.y + H + 15}>{clip(mount.mountPath, 26)}</text>
          </g>
        );
      }))}
      {containers.map((c, i) => {
        const { x, y } = place(i);
        const state = shown.containers[i]?.state ?? 'starting';
        return (
          <g key={c.name} class={`container ${state}`} transform={`translate(${x},${y})`}>
            <rect class="face" width={W} height={H} rx={12} />
            <text class="name" x={16} y={28}>{clip(c.name, 24)}</text>
            <text class="quiet mono" x={16} y={48}>{clip(c.image.replace(/^docker\.io\/(library\/)?/, ''), 30)}</text>
            <text class="quiet" x={16} y={74}>{state === 'ready' ? 'running' : state === 'done' ? 'has ended, as it should' : state === 'failed' ? 'failed' : 'starting'}</text>
            {(c.ports ?? []).slice(0, 2).map((p: any, n: number) => <text class="mono accent" x={W - 16} y={74 - n * 16} text-anchor="end">:{p.containerPort}</text>)}
          </g>
        );
      })}
      {volumes.map((v, i) => (
        <g key={v.name} class="volume" transform={`translate(${volumeX(i) - 100},${volumeY + 22})`}>
          <rect class="face" width={200} height={48} rx={24} /><text class="name" x={100} y={21} text-anchor="middle">{clip(v.name, 22)}</text><text class="quiet" x={100} y={37} text-anchor="middle">{v.kind}{containers.filter(c => mounts(c).some(m => m.name === v.name)).length > 1 ? ', shared' : ''}</text>
        </g>
      ))}
      <g class="netns" transform={`translate(${PAD},${netY})`}>
        <rect class="face" width={width - PAD * 2} height={netH} rx={12} />
        <text class="quiet" x={16} y={25}>{containers.length > 1 ? 'one network namespace, so localhost is the same for all' : 'its network namespace'}</text>
        {links.map((l, i) => (
          <g key={l.name} transform={`translate(16,${40 + i * 34})`}><rect class="chip" width={56} height={26} rx={6} /><text class="mono" x={28} y={17} text-anchor="middle">{clip(l.name, 7)}</text><text class="mono quiet" x={68} y={17}>{clip(l.addresses.map(a => a.replace(/\/\d+$/, '')).join('  '), 40)}</text></g>
        ))}
        {sockets.slice(0, MOST_SOCKETS).map(([protocol, address], i) => <text key={`${protocol} ${address}`} class="mono accent" x={width - PAD * 2 - 16} y={57 + i * 20} text-anchor="end">{clip(`${protocol} ${address}`, 30)}</text>)}
        {sockets.length > MOST_SOCKETS && <text class="quiet" x={width - PAD * 2 - 16} y={57 + MOST_SOCKETS * 20} text-anchor="end">and {sockets.length - MOST_SOCKETS} more</text>}
        <text class="quiet" x={width - PAD * 2 - 16} y={25} text-anchor="end">{sockets.length ? 'listening' : station ? 'nobody listens' : ''}</text>
      </g>
      <path class="veth" d={`M${PAD + 44},${netY + 66 + Math.max(0, links.findIndex(l => l.name !== 'lo')) * 34}V${height + 34}`} /><text class="mono quiet" x={PAD + 58} y={height + 22}>veth</text>
      <text class="quiet" x={PAD + 58} y={height + 42}>to {shown.node}</text>
    </svg>
  );
}
