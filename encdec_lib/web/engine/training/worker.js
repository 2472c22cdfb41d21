// The entry of the worker that trains.

import { Trainer } from "./trainer.js";

const trainer = new Trainer((message, transfer = []) => self.postMessage(message, { transfer }));

self.onmessage = ({ data }) => trainer.take(data);
