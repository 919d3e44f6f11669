import { layoutOf } from './layout';
import type { Scene } from './scene';

self.onmessage = (message: MessageEvent<{ turn: number; scene: Scene }>) => self.postMessage({ turn: message.data.turn, layout: layoutOf(message.data.scene) });
